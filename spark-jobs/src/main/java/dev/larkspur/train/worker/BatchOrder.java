package dev.larkspur.train.worker;

import dev.larkspur.run.TrainingState.SkippedBatches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Maps steps to batches in the order of the corpus. Batches follow one another, except for skipped
 * ones; a training that repeats tokens continues with the first batch.
 */
public final class BatchOrder {
  private final List<SkippedBatches> skipped;
  private final long freshSteps;

  /** Without repetition. */
  public BatchOrder(List<SkippedBatches> skipped) {
    this(skipped, Long.MAX_VALUE);
  }

  /**
   * @param skipped ranges in ascending order
   * @param freshSteps steps after which the order restarts
   */
  public BatchOrder(List<SkippedBatches> skipped, long freshSteps) {
    this.skipped = List.copyOf(skipped);
    this.freshSteps = freshSteps;
  }

  /** The batch of the step that follows {@code step} others. */
  long batch(long step) {
    long batch = step < freshSteps ? step : step - freshSteps;
    for (SkippedBatches range : skipped) {
      if (batch >= range.from()) {
        batch += range.to() - range.from();
      }
    }
    return batch;
  }

  /**
   * The batches of consecutive steps; if the order restarts among them, the batches from there on.
   *
   * @param first step, by the number of those before it
   * @param last step, likewise
   */
  SkippedBatches range(long first, long last) {
    long from = first < freshSteps && last >= freshSteps ? freshSteps : first;
    return new SkippedBatches(batch(from), batch(last) + 1);
  }

  /**
   * The skipped ranges, and the batches of another range that are not yet trained on after a step.
   *
   * @param step updates done
   */
  public List<SkippedBatches> without(SkippedBatches more, long step) {
    List<SkippedBatches> ranges = new ArrayList<>(skipped);
    long from = Math.max(more.from(), batch(step));
    for (SkippedBatches range : skipped) {
      add(ranges, from, Math.min(range.from(), more.to()));
      from = Math.max(from, range.to());
    }
    add(ranges, from, more.to());
    ranges.sort(Comparator.comparingLong(SkippedBatches::from));
    return ranges;
  }

  private static void add(List<SkippedBatches> ranges, long from, long to) {
    if (from < to) {
      ranges.add(new SkippedBatches(from, to));
    }
  }
}
