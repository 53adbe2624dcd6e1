package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * The progress of a training, as last reported by rank 0.
 *
 * @param activity current activity
 * @param position current position
 * @param skippedUpdates updates that the run has skipped so far
 * @param secondsInSteps time that this training has spent in steps
 * @param latest newest lines of metrics
 */
public record Progress(
    Activity activity,
    Position position,
    long skippedUpdates,
    double secondsInSteps,
    LatestMetrics latest)
    implements Serializable {
  /** Time in the first step from which on its duration is extrapolated. */
  private static final double SLOW_SECONDS = 5;

  /** Updates done. */
  public long step() {
    return position.step();
  }

  /** Updates of the complete run. */
  public long steps() {
    return position.steps();
  }

  /** Updates done when this training started. */
  public long firstStep() {
    return position.firstStep();
  }

  /** The newest line of a step; null before the first. */
  public StepMetrics training() {
    return latest.training();
  }

  /** The newest line of a validation; null before the first. */
  public ValidationMetrics validation() {
    return latest.validation();
  }

  /** Seconds of a step, estimated during the first step; empty until there is an estimate. */
  public OptionalDouble secondsOfStep() {
    if (step() > firstStep()) {
      return OptionalDouble.of(secondsInSteps / (step() - firstStep()));
    }
    return position.partOfStep() > 0 && secondsInSteps > SLOW_SECONDS
        ? OptionalDouble.of(secondsInSteps / position.partOfStep())
        : OptionalDouble.empty();
  }

  /**
   * The position of a training.
   *
   * @param step updates done
   * @param steps updates of the complete run
   * @param firstStep updates done when this training started
   * @param partOfStep completed fraction of the first step, from 0 to 1
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
   * @param training of steps; null before the first
   * @param validation of validations; null before the first
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
