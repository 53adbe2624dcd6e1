package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * Where the training is, as rank 0 reported last.
 *
 * @param activity what it is doing
 * @param position how far it is
 * @param skippedUpdates skipped by the run so far
 * @param secondsInSteps spent in steps by this training
 * @param latest newest lines of metrics
 */
public record Progress(
    Activity activity,
    Position position,
    long skippedUpdates,
    double secondsInSteps,
    LatestMetrics latest)
    implements Serializable {
  /** Of a first step so slow that its parts tell how long it takes. */
  private static final double SLOW_SECONDS = 5;

  /** Updates done. */
  public long step() {
    return position.step();
  }

  /** Updates of the whole run. */
  public long steps() {
    return position.steps();
  }

  /** Updates that were done when this training began. */
  public long firstStep() {
    return position.firstStep();
  }

  /** Newest line about training; null before the first. */
  public StepMetrics training() {
    return latest.training();
  }

  /** Newest line about validation; null before the first. */
  public ValidationMetrics validation() {
    return latest.validation();
  }

  /** Seconds of a step; of the first one an estimate, empty as long as there is none. */
  public OptionalDouble secondsOfStep() {
    if (step() > firstStep()) {
      return OptionalDouble.of(secondsInSteps / (step() - firstStep()));
    }
    return position.partOfStep() > 0 && secondsInSteps > SLOW_SECONDS
        ? OptionalDouble.of(secondsInSteps / position.partOfStep())
        : OptionalDouble.empty();
  }

  /**
   * How far a training is.
   *
   * @param step updates done
   * @param steps updates of the whole run
   * @param firstStep updates that were done when this training began
   * @param partOfStep share of the first step that is done beyond {@code step}, from 0 to 1
   */
  public record Position(long step, long steps, long firstStep, double partOfStep)
      implements Serializable {

    /** Between two steps. */
    public Position(long step, long steps, long firstStep) {
      this(step, steps, firstStep, 0);
    }
  }

  /**
   * The newest lines of metrics.
   *
   * @param training null before the first
   * @param validation null before the first
   */
  public record LatestMetrics(StepMetrics training, ValidationMetrics validation)
      implements Serializable {
    public static final LatestMetrics NONE = new LatestMetrics(null, null);
  }

  /** What a worker does. */
  public enum Activity {
    STARTING,
    TRAINING,
    VALIDATING,
    WRITING_CHECKPOINT
  }
}
