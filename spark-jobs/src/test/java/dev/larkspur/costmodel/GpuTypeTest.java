package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.costmodel.Cluster.GpuType;
import dev.larkspur.engine.Precision;
import org.junit.jupiter.api.Test;

class GpuTypeTest {
  @Test
  void isFoundInAnyCase() {
    assertThat(GpuType.named("h100")).map(GpuType::name).contains("H100");
    assertThat(GpuType.named("H10")).isEmpty();
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
