package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.NvidiaSmi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Nd4jBackendCheckTest {
  @TempDir private Path folder;

  @Test
  void aGpuThatNd4jHasNoCodeForIsRefused() throws IOException {
    assertThatThrownBy(
            () ->
                Nd4jBackendCheck.requireGpu(
                    Device.cuda(1), nvidiaSmi("NVIDIA A100, 8.0\nNVIDIA H200, 9.0")))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("training.engine = dl4j does not compute on GPU 1, NVIDIA H200: ")
        .hasMessageContaining("no code for compute capability 9.0")
        .hasMessageEndingWith("set training.engine = torch for this GPU");
  }

  @Test
  void aGpuThatIsNotThereIsRefused() throws IOException {
    assertThatThrownBy(
            () -> Nd4jBackendCheck.requireGpu(Device.cuda(2), nvidiaSmi("NVIDIA A100, 8.0")))
        .hasMessageStartingWith("training.device requests GPU 2, but this machine has 1: ");
    assertThatThrownBy(
            () ->
                Nd4jBackendCheck.requireGpu(
                    Device.cuda(0), new NvidiaSmi(folder.resolve("none").toString())))
        .hasMessageStartingWith("training.device requests GPU 0, but there is no ")
        .hasMessageEndingWith("or set training.device = cpu");
  }

  @Test
  void aCpuNeedsNoDriver() {
    assertThatCode(
            () ->
                Nd4jBackendCheck.requireGpu(
                    Device.cpu(1), new NvidiaSmi(folder.resolve("none").toString())))
        .doesNotThrowAnyException();
  }

  @Test
  void aBackendOfAnotherDeviceIsRefused() {
    assertThatThrownBy(() -> Nd4jBackendCheck.requireBackend(Device.cuda(0), "CpuBackend"))
        .hasMessageContaining("GPU 0, but ND4J has loaded CpuBackend");
    assertThatThrownBy(() -> Nd4jBackendCheck.requireBackend(Device.cpu(1), "JCublasBackend"))
        .hasMessageContaining(
            "requests a CPU, but this larkspur-dl4j-spark-*.jar has ND4J for GPUs");
    assertThatCode(
            () -> {
              Nd4jBackendCheck.requireBackend(Device.cuda(0), "JCublasBackend");
              Nd4jBackendCheck.requireBackend(Device.cpu(1), "CpuBackend");
            })
        .doesNotThrowAnyException();
  }

  private NvidiaSmi nvidiaSmi(String answer) throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(
        program,
        """
        #!/bin/sh
        [ "$*" = "--query-gpu=name,compute_cap --format=csv,noheader" ] || exit 2
        cat <<END
        %s
        END
        """
            .formatted(answer));
    program.toFile().setExecutable(true);
    return new NvidiaSmi(program.toString());
  }
}
