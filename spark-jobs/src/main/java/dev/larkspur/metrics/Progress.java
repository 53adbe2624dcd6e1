package dev.larkspur.metrics;

import java.io.Serializable;

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
 */
public record Progress(
    Activity activity,
    long step,
    long steps,
    long firstStep,
    long skippedUpdates,
    double secondsInSteps,
    StepMetrics training,
    ValidationMetrics validation)
    implements Serializable {

  /** What a worker does. */
  public enum Activity {
    STARTING,
    TRAINING,
    VALIDATING,
    WRITING_CHECKPOINT
  }
}
