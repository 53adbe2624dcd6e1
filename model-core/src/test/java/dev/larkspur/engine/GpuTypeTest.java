package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GpuTypeTest {
  @Test
  void isFoundInAnyCase() {
    assertThat(GpuType.named("h100")).map(GpuType::name).contains("H100");
    assertThat(GpuType.named("H10")).isEmpty();
  }

  @Test
  void isFoundByWhatTheDriverCallsIt() {
    assertThat(GpuType.ofProduct("NVIDIA H100 80GB HBM3")).map(GpuType::name).contains("H100");
    assertThat(GpuType.ofProduct("Tesla V100-SXM2-32GB")).map(GpuType::name).contains("V100");
    assertThat(GpuType.ofProduct("NVIDIA H100 PCIe")).isEmpty();
    assertThat(GpuType.ofProduct("NVIDIA A1000")).isEmpty();
  }

  @Test
  void aV100IsNoFasterInBf16() {
    GpuType v100 = GpuType.named("V100").orElseThrow();

    assertThat(v100.peak(Precision.BF16)).isEqualTo(v100.peak(Precision.FP32));
  }

  @Test
  void aPeakOfOnesOwnCountsInBothPrecisions() {
    GpuType own = GpuType.named("A100").orElseThrow().withFlops(5e12).withMemory(1e9);

    assertThat(own.peak(Precision.BF16)).isEqualTo(5e12);
    assertThat(own.peak(Precision.FP32)).isEqualTo(5e12);
    assertThat(own.memoryBytes()).isEqualTo(1e9);
  }
}
