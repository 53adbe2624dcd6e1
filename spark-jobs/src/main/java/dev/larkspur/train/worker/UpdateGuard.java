package dev.larkspur.train.worker;

import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.TrainingSettings.Stability;
import dev.larkspur.storage.LarkspurException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Decides whether to apply a step's update. It skips the update if the loss or gradient is not
 * finite or, if spikes are detected, if the loss is far above the last ones. It uses all-reduced
 * numbers, so that all ranks decide the same.
 */
public final class UpdateGuard {
  /** Scales the median absolute deviation of a normal distribution to its standard deviation. */
  private static final double NORMAL = 1.4826;

  private static final String REMEDY =
      "Lower training.learning-rate or raise training.warmup-fraction";

  private final Stability stability;
  private final BatchOrder order;
  private final Deque<Double> recent = new ArrayDeque<>();
  private long skipped;
  private int inRow;

  UpdateGuard(Stability stability, BatchOrder order) {
    this.stability = stability;
    this.order = order;
  }

  /** Resumes from a checkpoint. */
  void restore(TrainingState state) {
    skipped = state.skips().updates();
    inRow = state.skips().inRow();
    recent.addAll(state.skips().recentLosses());
  }

  /**
   * Whether to update.
   *
   * @param step updates before this one
   * @param loss mean of the global batch, in nats a token
   * @param gradientNorm norm of the gradient over all ranks
   * @throws DivergedException if too many updates in a row were skipped
   */
  boolean accepts(long step, double loss, double gradientNorm) {
    if (Double.isFinite(loss) && Double.isFinite(gradientNorm) && !isSpike(loss)) {
      inRow = 0;
      remember(loss);
      return true;
    }
    skipped++;
    inRow++;
    if (inRow > stability.maxSkipped()) {
      throw new DivergedException(
          "step %d has loss %s and gradient norm %s%s: the training diverges. "
                  .formatted(
                      step + 1,
                      loss,
                      gradientNorm,
                      inRow == 1 ? "" : ", as " + Count.of(inRow - 1, "step") + " before it")
              + REMEDY,
          order.range(step + 1 - inRow, step));
    }
    return false;
  }

  /**
   * The failure of a training whose result after a step is unusable and that returns to a
   * checkpoint.
   *
   * @param done updates done; the last one applied is the cause, or was applied too late
   * @param what is not finite
   */
  DivergedException unusable(long done, String what) {
    return new DivergedException(
        "after step %d %s: the training diverges. ".formatted(done, what) + REMEDY,
        order.range(Math.max(0, done - 1 - inRow), done - 1));
  }

  long skipped() {
    return skipped;
  }

  int skippedInRow() {
    return inRow;
  }

  /**
   * The state that a checkpoint stores.
   *
   * @param batches batches that the run skips
   */
  Skips skips(List<SkippedBatches> batches) {
    return new Skips(skipped, inRow, batches, List.copyOf(recent));
  }

  private void remember(double loss) {
    if (stability.watchesSpikes()) {
      recent.addLast(loss);
      if (recent.size() > stability.spikeWindow()) {
        recent.removeFirst();
      }
    }
  }

  private boolean isSpike(double loss) {
    if (!stability.watchesSpikes() || recent.size() < stability.spikeWindow()) {
      return false;
    }
    double[] losses = recent.stream().mapToDouble(Double::doubleValue).toArray();
    double median = new Median().evaluate(losses);
    double[] deviations = Arrays.stream(losses).map(l -> Math.abs(l - median)).toArray();
    double spread = NORMAL * new Median().evaluate(deviations);
    return loss - median > stability.spikeZScore() * spread;
  }

  /** The training has skipped too many updates in a row and returns to a checkpoint. */
  public static final class DivergedException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    private final SkippedBatches batches;

    DivergedException(String message, SkippedBatches batches) {
      super(message, null, FAILURE);
      this.batches = batches;
    }

    /** The batches whose updates were skipped. */
    public SkippedBatches batches() {
      return batches;
    }
  }
}
