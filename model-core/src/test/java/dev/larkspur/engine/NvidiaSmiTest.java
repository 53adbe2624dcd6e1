package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Gpu.ComputeCapability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {
  @TempDir private Path folder;

  @Test
  void readsNamesAndComputeCapabilities() throws IOException {
    assertThat(program("printf 'NVIDIA H200, 9.0\\nTesla K80, special, 3.7\\n'").gpus())
        .containsExactly(
            new Gpu("NVIDIA H200", new ComputeCapability(9, 0)),
            new Gpu("Tesla K80, special", new ComputeCapability(3, 7)));
  }

  @Test
  void aMachineWithoutDriverHasNone() {
    assertThatThrownBy(() -> new NvidiaSmi(folder.resolve("none").toString()).gpus())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("none on this machine")
        .hasMessageEndingWith("install the NVIDIA driver if it has a GPU");
  }

  @Test
  void whatADriverSaysWhenItFailsIsShown() throws IOException {
    NvidiaSmi failing = program("echo 'Driver/library version mismatch'; exit 18");
    assertThatThrownBy(failing::gpus)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("exit code 18 (Driver/library version mismatch)");
  }

  @Test
  void anAnswerOfAnOlderDriverIsNotGuessedAt() throws IOException {
    NvidiaSmi old = program("echo 'Tesla K80, [N/A]'");
    assertThatThrownBy(old::gpus)
        .isInstanceOf(EngineException.class)
        .hasMessageContainingAll("\"Tesla K80, [N/A]\"", "update the NVIDIA driver");
    NvidiaSmi silent = program("true");
    assertThatThrownBy(silent::gpus).hasMessageContaining("finds no GPU on this machine");
  }

  private NvidiaSmi program(String commands) throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + commands + "\n");
    program.toFile().setExecutable(true);
    return new NvidiaSmi(program.toString());
  }
}
