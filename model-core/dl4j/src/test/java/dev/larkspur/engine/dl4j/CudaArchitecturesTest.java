package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.ComputeCapability;
import dev.larkspur.engine.Gpu.GpuSupport;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaArchitecturesTest {
  private final CudaArchitectures architectures = CudaArchitectures.ofNd4j();

  @ParameterizedTest
  @CsvSource({
    "3.5, ",
    "3.7, 3.7",
    "5.3, 5.2",
    "6.0, 6.0",
    "6.2, 6.1",
    "7.0, 7.0",
    "7.2, 7.0",
    "7.5, 7.5",
    "8.0, 8.0",
    "8.6, 8.6",
    "8.9, 8.6",
    "9.0, ",
    "10.0, ",
    "12.1, "
  })
  void machineCodeRunsWithinItsGeneration(String gpu, String code) {
    assertThat(architectures.codeFor(ComputeCapability.parse(gpu)).map(ComputeCapability::toString))
        .isEqualTo(Optional.ofNullable(code));
  }

  @Test
  void hopperIsRefusedWithTheReasonAndTheAlternative() {
    GpuSupport support = architectures.support(gpu("NVIDIA H200", "9.0"), true);
    assertThat(support.supported()).isFalse();
    assertThat(support.reason())
        .contains("no code for compute capability 9.0, only for 3.7, 5.0", "8.6, and no PTX")
        .endsWith("set training.engine = torch for this GPU");
  }

  @Test
  void aGpuIsRefusedWhereOnlyTheBackendForCpusIsThere() {
    Gpu gpu = gpu("NVIDIA L40S", "8.9");
    assertThat(architectures.support(gpu, true))
        .isEqualTo(
            new GpuSupport(true, "nd4j-cuda-11.6 has code for compute capability 8.9 (sm_86)"));
    assertThat(architectures.support(gpu, false).supported()).isFalse();
    assertThat(architectures.support(gpu, false).reason())
        .endsWith("has ND4J for CPUs: build it with the profile dl4j-cuda");
  }

  private static Gpu gpu(String name, String capability) {
    return new Gpu(name, ComputeCapability.parse(capability));
  }
}
