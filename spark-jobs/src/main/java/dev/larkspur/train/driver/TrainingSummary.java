package dev.larkspur.train.driver;

import dev.larkspur.run.Json;

/**
 * {@code summary.json}: the result of a run so far. While the run is active, the file is rewritten
 * every 30 seconds, even if no step was completed. The fields of all components are in one object.
 *
 * @param outcome status of the run
 * @param progress progress of the run
 * @param quality what the model predicts
 * @param speed how fast the last training was
 * @param size size of the model and of its training
 * @param execution what it ran on
 */
public record TrainingSummary(
    Standing outcome,
    Reached progress,
    Quality quality,
    Speed speed,
    Size size,
    Execution execution) {
  /** Not ended; if no process is active, its driver was killed. */
  public static final String RUNNING = "running";

  /** All steps are done. */
  public static final String COMPLETED = "completed";

  /** Stopped on request, after writing a checkpoint. */
  public static final String STOPPED = "stopped";

  /** Ended by a failure. */
  public static final String FAILED = "failed";

  /**
   * Status of a run.
   *
   * @param status {@link #RUNNING}, {@link #COMPLETED}, {@link #STOPPED} or {@link #FAILED}
   * @param failure why it failed; null if it did not
   * @param written when, in ISO 8601 and UTC; null if an older version wrote it
   */
  public record Standing(String status, String failure, String written) implements Json.Group {}

  /**
   * Progress of a run.
   *
   * @param step updates done; after a failure, the last step reached, even if no checkpoint has it
   * @param tokens trained on, all epochs and resumed trainings together
   * @param skippedUpdates updates that were skipped because their loss or gradient was out of
   *     bounds
   * @param checkpointStep updates done by the newest checkpoint; null if there is none
   * @param steps updates of the complete run; null if an older version wrote it
   * @param activity what the workers do, while it runs: {@code starting}, {@code training}, {@code
   *     validating} or {@code writing-checkpoint}; else null
   * @param progressed when the workers last reported, in ISO 8601 and UTC, while it runs; else null
   */
  public record Reached(
      long step,
      long tokens,
      long skippedUpdates,
      Long checkpointStep,
      Long steps,
      String activity,
      String progressed)
      implements Json.Group {}

  /**
   * What the model predicts.
   *
   * @param trainingLoss mean of the last log interval, in nats a token; null before the first
   * @param validationLoss loss in nats per token, over the first {@code
   *     training.validation-sequences} blocks of the validation split, or all if it has fewer; null
   *     before the first validation of the last training
   * @param validationPerplexity its exponential
   * @param unigramPerplexity perplexity of a model without context on the same corpus
   */
  public record Quality(
      Double trainingLoss,
      Double validationLoss,
      Double validationPerplexity,
      double unigramPerplexity)
      implements Json.Group {}

  /**
   * How fast the last training was.
   *
   * @param tokensPerSecond throughput in steps only, all workers together; while it runs, over its
   *     last log interval
   * @param wallSeconds time from planning to summary
   */
  public record Speed(Double tokensPerSecond, double wallSeconds) implements Json.Group {}

  /**
   * How large model and training are.
   *
   * @param parameters number of parameters of the model
   * @param ffnParameters weights of its feed-forward networks
   * @param trainingFlops operations of the training, as the paper counts them
   */
  public record Size(long parameters, long ffnParameters, double trainingFlops)
      implements Json.Group {}

  /**
   * What the last training ran on.
   *
   * @param workers number of workers of the last attempt
   * @param restarts number of restarts after a failure
   * @param engine engine that computed
   * @param device device that it computed on; null until the last training ends
   * @param precision precision of its matrix products
   */
  public record Execution(int workers, int restarts, String engine, String device, String precision)
      implements Json.Group {}

  /** The same with other progress. */
  TrainingSummary with(Reached reached) {
    return new TrainingSummary(outcome, reached, quality, speed, size, execution);
  }

  /** {@link #RUNNING}, {@link #COMPLETED}, {@link #STOPPED} or {@link #FAILED}. */
  public String status() {
    return outcome.status();
  }

  /** Updates done. */
  public long step() {
    return progress.step();
  }

  /** Tokens trained on. */
  public long tokens() {
    return progress.tokens();
  }

  /** In nats a token; null before the first validation. */
  public Double validationLoss() {
    return quality.validationLoss();
  }

  /** Exponential of the validation loss; null before the first validation. */
  public Double validationPerplexity() {
    return quality.validationPerplexity();
  }

  /**
   * What a call of the training job did.
   *
   * @param summary the run's
   * @param outcome what the call did
   */
  public record TrainingResult(TrainingSummary summary, Outcome outcome) {

    /** Whether this call trained, and how it ended. */
    public enum Outcome {
      TRAINED,
      ALREADY_DONE,
      STOPPED,
      /** The stop file of the run existed from the start. */
      HELD
    }
  }
}
