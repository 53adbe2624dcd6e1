package dev.larkspur.train.worker;

import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import java.io.Serializable;

/**
 * What a worker ends with.
 *
 * @param ending how it left its last step
 * @param step updates done
 * @param device that it computed on
 * @param training last line about training; null if no step was left to do
 * @param validation last line about validation; null if it left before the first
 * @param trainedTokens of all workers, in this training
 * @param seconds in its steps
 * @param skippedUpdates left out by the run so far
 */
public record WorkerResult(
    RunEnding ending,
    long step,
    String device,
    StepMetrics training,
    ValidationMetrics validation,
    long trainedTokens,
    PhaseSeconds seconds,
    long skippedUpdates)
    implements Serializable {

  /** How a training left its last step. */
  public enum RunEnding {
    /** It has done all its steps. */
    COMPLETED,
    /** Somebody has asked it to stop; it has written a checkpoint. */
    STOPPED,
    /** A worker's process is being taken away; a checkpoint was written, the others may go on. */
    EVICTED
  }
}
