package dev.larkspur.train.worker;

import dev.larkspur.metrics.Progress.LatestMetrics;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import java.io.Serializable;

/**
 * What a worker returns.
 *
 * @param ending why it stopped
 * @param step updates done
 * @param device device that it computed on
 * @param latest last lines of metrics
 * @param trainedTokens tokens of all workers in this training
 * @param seconds time spent in its steps
 * @param skippedUpdates updates that the run has skipped so far
 */
public record WorkerResult(
    RunEnding ending,
    long step,
    String device,
    LatestMetrics latest,
    long trainedTokens,
    PhaseSeconds seconds,
    long skippedUpdates)
    implements Serializable {

  /** Last line about training; null if no step was left to do. */
  public StepMetrics training() {
    return latest.training();
  }

  /** Last line about validation; null if it stopped before the first. */
  public ValidationMetrics validation() {
    return latest.validation();
  }

  /** Why a training stopped. */
  public enum RunEnding {
    /** All steps are done. */
    COMPLETED,
    /** It was stopped on request, and has written a checkpoint. */
    STOPPED,
    /**
     * A worker's process has received a termination signal; training can resume from the checkpoint
     * that was written.
     */
    EVICTED
  }
}
