package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import org.junit.jupiter.api.Test;

class SearchTest {
  private static final Workload WORKLOAD = Trainings.paper("s-dense", 512, 1000);

  @Test
  void keepsTheDefaultsWhereTheyAreAsGood() {
    Choice best = search(1, 1e9).best().orElseThrow().choice();

    assertThat(best.shardOptimizer()).isFalse();
    assertThat(best.wire()).isEqualTo(WireDtype.FP32);
    assertThat(best.bucketBytes()).isEqualTo(4 << 20);
  }

  @Test
  void takesOnlyWhatFits() {
    // Of 72 GB that may be used.
    assertThat(search(8, 30e9).best().orElseThrow().choice().microBatch()).isLessThanOrEqualTo(2);
    assertThat(search(8, 80e9).best()).isEmpty();
  }

  @Test
  void noOtherChoiceIsMuchShorter() {
    Estimate best = search(64, 1e9).best().orElseThrow();

    for (int microBatch : new int[] {1, 2, 4, 8}) {
      for (WireDtype wire : WireDtype.values()) {
        Choice other = new Choice(microBatch, false, wire, 16 << 20);
        Estimate estimate = Estimate.of(WORKLOAD, Trainings.a100(64), Assumptions.DEFAULT, other);
        assertThat(best.seconds()).isLessThanOrEqualTo(1.01 * estimate.seconds());
      }
    }
  }

  private static Search search(int gpus, double bytesOfASequence) {
    return new Search(
        WORKLOAD,
        Trainings.a100(gpus),
        Assumptions.DEFAULT,
        choice -> choice.microBatch() * bytesOfASequence);
  }
}
