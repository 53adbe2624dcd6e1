package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.settings.TrainingSettings.Stability;
import dev.larkspur.train.worker.UpdateGuard.DivergedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpdateGuardTest {
  private static final Stability NO_SPIKES = new Stability(2, 0, 10);

  @Test
  void leavesOutWhatIsNotFiniteAndGivesUpAfterTooMany() {
    UpdateGuard guard = new UpdateGuard(NO_SPIKES, new BatchOrder(List.of()));

    assertThat(guard.accepts(0, 3, 1)).isTrue();
    assertThat(guard.accepts(1, Double.NaN, 1)).isFalse();
    assertThat(guard.accepts(2, 3, Double.POSITIVE_INFINITY)).isFalse();
    assertThat(guard.accepts(3, 3, 1)).isTrue();
    assertThat(guard.skipped()).isEqualTo(2);
    assertThat(guard.accepts(4, Double.NaN, 1)).isFalse();
    assertThat(guard.accepts(5, Double.NaN, 1)).isFalse();
    assertThatThrownBy(() -> guard.accepts(6, Double.NaN, 1))
        .isInstanceOfSatisfying(
            DivergedException.class,
            diverged -> assertThat(diverged.batches()).isEqualTo(new SkippedBatches(4, 7)))
        .hasMessageContaining("step 7")
        .hasMessageContaining("training.learning-rate");
  }

  @Test
  void whatHasBeenBrokenSinceTheLastUpdateIsPassedOverWithIt() {
    UpdateGuard guard = new UpdateGuard(NO_SPIKES, new BatchOrder(List.of()));
    assertThat(guard.accepts(0, 3, 1)).isTrue();
    assertThat(guard.accepts(1, 3, 1)).isTrue();
    assertThat(guard.unusable(2, "it").batches()).isEqualTo(new SkippedBatches(1, 2));
    assertThat(guard.accepts(2, Double.NaN, 1)).isFalse();
    assertThat(guard.accepts(3, Double.NaN, 1)).isFalse();
    assertThat(guard.unusable(4, "the loss is NaN"))
        .hasMessageStartingWith("after step 4 the loss is NaN: the training diverges.")
        .extracting(DivergedException::batches)
        .isEqualTo(new SkippedBatches(1, 4));
  }

  @Test
  void aSpikeIsMeasuredAgainstTheSpreadOfTheLastLosses() {
    UpdateGuard guard = new UpdateGuard(new Stability(2, 5, 10), new BatchOrder(List.of()));
    for (int step = 0; step < 10; step++) {
      assertThat(guard.accepts(step, step % 2 == 0 ? 2.9 : 3.1, 1)).isTrue();
    }
    // The median is 3, the median deviation 0.1: a spike begins above 3 + 5 * 1.4826 * 0.1.
    assertThat(guard.accepts(10, 3.75, 1)).isFalse();
    assertThat(guard.accepts(11, 3.73, 1)).isTrue();
    assertThat(guard.accepts(12, 0.1, 1)).as("a low loss is no spike").isTrue();
  }

  @Test
  void repeatedStepsTakeTheFirstBatchesAgain() {
    BatchOrder order = new BatchOrder(List.of(new SkippedBatches(1, 2)), 4);

    assertThat(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L).stream().map(order::batch))
        .containsExactly(0L, 2L, 3L, 4L, 0L, 2L, 3L);
    assertThat(order.range(1, 2)).isEqualTo(new SkippedBatches(2, 4));
    assertThat(order.range(5, 6)).isEqualTo(new SkippedBatches(2, 4));
    assertThat(order.range(3, 5))
        .as("from where they begin again")
        .isEqualTo(new SkippedBatches(0, 3));
  }

  @Test
  void batchesThatArePassedOverShiftAllBehindThem() {
    BatchOrder order = new BatchOrder(List.of(new SkippedBatches(3, 5), new SkippedBatches(7, 8)));

    assertThat(List.of(0L, 1L, 2L, 3L, 4L, 5L).stream().map(order::batch))
        .containsExactly(0L, 1L, 2L, 5L, 6L, 8L);
    // Steps 0 to 3 have been trained on batches 0, 1, 2 and 5, and that stays.
    assertThat(order.without(new SkippedBatches(2, 10), 4))
        .containsExactly(
            new SkippedBatches(3, 5),
            new SkippedBatches(6, 7),
            new SkippedBatches(7, 8),
            new SkippedBatches(8, 10));
    assertThat(new BatchOrder(order.without(new SkippedBatches(2, 10), 4)).batch(4)).isEqualTo(10);
  }
}
