package dev.larkspur.train;

/**
 * {@code summary.json}: what came of a run.
 *
 * @param status "completed"
 * @param step updates done
 * @param tokens trained on, all epochs and resumed trainings together
 * @param trainingLoss mean of the last log interval, in nats a token
 * @param validationLoss in nats a token, over the first {@code training.validation-sequences}
 *     blocks of the validation split, or all if it has fewer
 * @param validationPerplexity its exponential
 * @param unigramPerplexity what a model that knows no context reaches on the same corpus
 * @param tokensPerSecond of the last training, steps only, all workers together
 * @param parameters of the model
 * @param ffnParameters weights of its feed-forward networks
 * @param trainingFlops as the paper counts them
 * @param wallSeconds of the last training, from planning to summary
 * @param workers of the last training
 * @param engine that computed
 * @param device it computed on
 * @param precision of its matrix products
 */
public record TrainingSummary(
    String status,
    long step,
    long tokens,
    double trainingLoss,
    double validationLoss,
    double validationPerplexity,
    double unigramPerplexity,
    double tokensPerSecond,
    long parameters,
    long ffnParameters,
    double trainingFlops,
    double wallSeconds,
    int workers,
    String engine,
    String device,
    String precision) {
  static final String COMPLETED = "completed";
}
