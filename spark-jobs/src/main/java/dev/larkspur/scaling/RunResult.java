package dev.larkspur.scaling;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.driver.TrainingSummary;
import dev.larkspur.train.driver.TrainingSummary.Execution;
import dev.larkspur.train.driver.TrainingSummary.Size;

/**
 * The result of one training of a grid.
 *
 * @param model model of the grid
 * @param cost cost of its training
 * @param loss on the validation split at the end, nats a token
 * @param perplexity its exponential
 * @param unigramPerplexity perplexity of a model without context
 * @param tokensPerSecond throughput in steps only
 * @param machine what it ran on
 */
public record RunResult(
    @JsonUnwrapped TrainedModel model,
    @JsonUnwrapped Cost cost,
    double loss,
    double perplexity,
    double unigramPerplexity,
    double tokensPerSecond,
    @JsonUnwrapped Machine machine) {

  /**
   * A model of the grid.
   *
   * @param size name of its size
   * @param kind label of its kind
   * @param seed its seed
   */
  public record TrainedModel(String size, String kind, long seed) {}

  /**
   * The cost of a training.
   *
   * @param parameters number of parameters of the model
   * @param ffnParameters weights of its feed-forward networks
   * @param tokens trained on
   * @param flops operations of its training, as the paper counts them
   */
  public record Cost(long parameters, long ffnParameters, long tokens, double flops) {}

  /**
   * What a training ran on.
   *
   * @param engine engine that computed
   * @param device device that it computed on
   * @param precision precision of its matrix products
   */
  public record Machine(String engine, String device, String precision) {}

  /** Name of its size. */
  public String size() {
    return model.size();
  }

  /** Label of its kind. */
  public String kind() {
    return model.kind();
  }

  /** The training's seed. */
  public long seed() {
    return model.seed();
  }

  /** Operations of its training. */
  public double flops() {
    return cost.flops();
  }

  /**
   * The result of a completed training.
   *
   * @throws TrainingException if its summary has no validation loss
   */
  static RunResult of(GridRun run, TrainingSummary summary) {
    if (summary.validationLoss() == null || summary.speed().tokensPerSecond() == null) {
      throw new TrainingException(
          "%s has no validation loss in its summary.json, though it is completed: delete the directory to train it again"
              .formatted(run.settings().run().dir()));
    }
    Size size = summary.size();
    Execution execution = summary.execution();
    return new RunResult(
        new TrainedModel(run.size().name(), run.kind().label(), run.seed()),
        new Cost(size.parameters(), size.ffnParameters(), summary.tokens(), size.trainingFlops()),
        summary.validationLoss(),
        summary.validationPerplexity(),
        summary.quality().unigramPerplexity(),
        summary.speed().tokensPerSecond(),
        new Machine(execution.engine(), execution.device(), execution.precision()));
  }
}
