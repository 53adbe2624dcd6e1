package dev.larkspur.train.driver;

/**
 * {@code summary.json}: what has come of a run so far. While it runs, it is written again every 30
 * seconds, whether or not a step has been done.
 *
 * @param status {@link #RUNNING}, {@link #COMPLETED}, {@link #STOPPED} or {@link #FAILED}
 * @param failure why it failed; null if it did not
 * @param step updates done; after a failure, as far as it got, whether or not that was kept
 * @param tokens trained on, all epochs and resumed trainings together
 * @param trainingLoss mean of the last log interval, in nats a token; null before the first
 * @param validationLoss in nats a token, over the first {@code training.validation-sequences}
 *     blocks of the validation split, or all if it has fewer; null before the first validation of
 *     the last training
 * @param validationPerplexity its exponential
 * @param unigramPerplexity what a model that knows no context reaches on the same corpus
 * @param tokensPerSecond of the last training, steps only, all workers together; while it runs, of
 *     its last log interval
 * @param parameters of the model
 * @param ffnParameters weights of its feed-forward networks
 * @param trainingFlops as the paper counts them
 * @param wallSeconds of the last training, from planning to summary
 * @param workers of the last attempt
 * @param restarts of the last training after a failure
 * @param skippedUpdates left out because their loss or gradient was out of bounds
 * @param engine that computed
 * @param device it computed on; null until the last training ends
 * @param precision of its matrix products
 * @param checkpointStep updates done by the newest checkpoint; while it runs, by that which the
 *     last attempt began with; null if there is none
 * @param written when, in ISO 8601 and UTC; null if an older version wrote it
 */
public record TrainingSummary(
    String status,
    String failure,
    long step,
    long tokens,
    Double trainingLoss,
    Double validationLoss,
    Double validationPerplexity,
    double unigramPerplexity,
    Double tokensPerSecond,
    long parameters,
    long ffnParameters,
    double trainingFlops,
    double wallSeconds,
    int workers,
    int restarts,
    long skippedUpdates,
    String engine,
    String device,
    String precision,
    Long checkpointStep,
    String written) {
  /** Not at its end; if nothing is at work, its driver was killed. */
  public static final String RUNNING = "running";

  /** All steps are done. */
  public static final String COMPLETED = "completed";

  /** Left behind a checkpoint because it was asked to. */
  public static final String STOPPED = "stopped";

  /** Ended by a failure. */
  public static final String FAILED = "failed";
}
