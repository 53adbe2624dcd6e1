package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * Where the training is, as rank 0 last said.
 *
 * @param activity what it is doing
 * @param step updates done
 * @param steps updates of the whole run
 * @param firstStep updates that were done when this training began
 * @param skippedUpdates left out by the run so far
 * @param secondsInSteps spent in steps since then
 * @param training newest line about training; null before the first
 * @param validation newest line about validation; null before the first
 * @param partOfStep share of the first step that is done beyond {@code step}, from 0 to 1
 */
public record Progress(
    Activity activity,
    long step,
    long steps,
    long firstStep,
    long skippedUpdates,
    double secondsInSteps,
    StepMetrics training,
    ValidationMetrics validation,
    double partOfStep)
    implements Serializable {
  /** Of a first step so slow that its parts tell how long it takes. */
  private static final double SLOW_SECONDS = 5;

  /** Between two steps. */
  public Progress(
      Activity activity,
      long step,
      long steps,
      long firstStep,
      long skippedUpdates,
      double secondsInSteps,
      StepMetrics training,
      ValidationMetrics validation) {
    this(activity, step, steps, firstStep, skippedUpdates, secondsInSteps, training, validation, 0);
  }

  /** Seconds of a step; of the first one an estimate, empty as long as there is none. */
  public OptionalDouble secondsOfStep() {
    if (step > firstStep) {
      return OptionalDouble.of(secondsInSteps / (step - firstStep));
    }
    return partOfStep > 0 && secondsInSteps > SLOW_SECONDS
        ? OptionalDouble.of(secondsInSteps / partOfStep)
        : OptionalDouble.empty();
  }

  /** What a worker does. */
  public enum Activity {
    STARTING,
    TRAINING,
    VALIDATING,
    WRITING_CHECKPOINT
  }
}
