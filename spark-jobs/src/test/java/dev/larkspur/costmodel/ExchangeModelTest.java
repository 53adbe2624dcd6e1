package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.engine.GpuType;
import org.junit.jupiter.api.Test;

/** 10⁹ values; links of 100 GB/s, hosts of 10 GB/s. */
class ExchangeModelTest {
  private static final GpuType GPU = new GpuType("test", 1e12, 1e12, 1e9, 1e12, 100e9);

  @Test
  void oneGpuExchangesNothing() {
    assertThat(seconds(1, 8, WireDtype.FP32, 1)).isZero();
    assertThat(seconds(1, 8, WireDtype.BF16, 1)).isZero();
  }

  @Test
  void aRingSendsTwiceAllButOnePartOfTheBytes() {
    // 2 * 3/4 * 4 GB at 100 GB/s, on one host; at 10 GB/s on two.
    assertThat(seconds(4, 4, WireDtype.FP32, 0)).isCloseTo(0.06, within(1e-12));
    assertThat(seconds(4, 2, WireDtype.FP32, 0)).isCloseTo(0.6, within(1e-12));
  }

  @Test
  void bf16CrossesTheNetworkOnceForEachGpuOfAHost() {
    // All-to-all: 2 GPUs send 0.5 GB to each of 2 others, 0.2 s; all-gather: 3/4 * 2 GB, 0.15 s.
    assertThat(seconds(4, 2, WireDtype.BF16, 0)).isCloseTo(0.35, within(1e-12));
    // With one GPU a host it is half the bytes of fp32: 3/4 * 2 GB, twice.
    assertThat(seconds(4, 1, WireDtype.BF16, 0)).isCloseTo(0.3, within(1e-12));
  }

  @Test
  void everyHopTakesItsTime() {
    assertThat(seconds(4, 4, WireDtype.FP32, 1) - seconds(4, 4, WireDtype.FP32, 0))
        .isCloseTo(6, within(1e-9));
  }

  private static double seconds(int gpus, int perHost, WireDtype wire, double hop) {
    Cluster cluster = new Cluster(GPU, gpus, perHost, 10e9, 1e9, 1e6, 1);
    Assumptions assumptions = new Assumptions(Trainings.ALL, 0, hop, 1e9, 0, 1e12);
    return new ExchangeModel(cluster, assumptions).sum(1e9, wire);
  }
}
