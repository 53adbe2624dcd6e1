package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NvidiaSmi;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginesTextTest {
  private static final GpuSupport NO_CODE = new GpuSupport(false, "no code for 9.0");

  @TempDir private Path folder;

  @Test
  void eachEngineSaysWhatItMakesOfEachGpu() throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\nprintf 'NVIDIA A100, 8.0\\nNVIDIA H200, 9.0\\n'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(
            EnginesText.of(
                List.of(engine("dl4j", "1.0", true), engine("torch", "2.10", false)),
                new NvidiaSmi(program.toString())))
        .isEqualTo(
            """
            engines
              dl4j   1.0
              torch  2.10
            GPUs
              0      NVIDIA A100, compute capability 8.0
                     dl4j   yes: code for 8.0
                     torch  unknown until it is loaded
              1      NVIDIA H200, compute capability 9.0
                     dl4j   no: no code for 9.0
                     torch  unknown until it is loaded
            """);
  }

  @Test
  void anEngineThatIsNotThereAndADriverThatIsNotThereAreNoFailure() {
    assertThat(
            EnginesText.of(
                List.of(engine("torch", "2.10", false)),
                new NvidiaSmi(folder.resolve("nvidia-smi").toString())))
        .startsWith(
            "engines\n  torch  2.10\n  dl4j   not available: add larkspur-dl4j-spark-*.jar to ")
        .contains(
            "\nGPUs\n  none: there is no " + folder.resolve("nvidia-smi") + " on this machine");
  }

  /** An engine that is only asked what it is. */
  private static Engine engine(String name, String version, boolean knows) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "name" -> name;
                  case "version" -> version;
                  case "gpuSupport" -> knows ? support((Gpu) arguments[0]) : Optional.empty();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Optional<GpuSupport> support(Gpu gpu) {
    return Optional.of(
        gpu.capability().major() == 9
            ? NO_CODE
            : new GpuSupport(true, "code for " + gpu.capability()));
  }
}
