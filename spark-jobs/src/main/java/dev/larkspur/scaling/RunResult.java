package dev.larkspur.scaling;

import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.driver.TrainingSummary;

/**
 * What came of one training of a grid.
 *
 * @param size name of its size
 * @param kind label of its kind
 * @param seed its seed
 * @param parameters of the model
 * @param ffnParameters weights of its feed-forward networks
 * @param tokens trained on
 * @param flops of its training, as the paper counts them
 * @param loss on the validation split at the end, nats a token
 * @param perplexity its exponential
 * @param unigramPerplexity what a model that knows no context reaches
 * @param tokensPerSecond steps only
 * @param engine that computed
 * @param device it computed on
 * @param precision of its matrix products
 */
public record RunResult(
    String size,
    String kind,
    long seed,
    long parameters,
    long ffnParameters,
    long tokens,
    double flops,
    double loss,
    double perplexity,
    double unigramPerplexity,
    double tokensPerSecond,
    String engine,
    String device,
    String precision) {

  /**
   * Of a completed training.
   *
   * @throws TrainingException if its summary has no validation loss
   */
  static RunResult of(GridRun run, TrainingSummary summary) {
    if (summary.validationLoss() == null || summary.speed().tokensPerSecond() == null) {
      throw new TrainingException(
          "%s has no validation loss in its summary.json, though it is completed: delete the directory to train it anew"
              .formatted(run.settings().run().dir()));
    }
    return new RunResult(
        run.size().name(),
        run.kind().label(),
        run.seed(),
        summary.size().parameters(),
        summary.size().ffnParameters(),
        summary.tokens(),
        summary.size().trainingFlops(),
        summary.validationLoss(),
        summary.validationPerplexity(),
        summary.quality().unigramPerplexity(),
        summary.speed().tokensPerSecond(),
        summary.execution().engine(),
        summary.execution().device(),
        summary.execution().precision());
  }
}
