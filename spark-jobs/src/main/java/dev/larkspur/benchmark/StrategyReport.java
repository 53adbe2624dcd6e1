package dev.larkspur.benchmark;

import java.util.List;

/**
 * Results of several strategies on the same tokens.
 *
 * @param workers of each training
 * @param steps of each training
 * @param tokens of each training
 * @param unigramLoss of a model without context, in nats per token
 * @param trained results, one for each strategy
 * @param missing why other strategies were not measured, in sentences
 */
public record StrategyReport(
    int workers,
    long steps,
    long tokens,
    double unigramLoss,
    List<Trained> trained,
    List<String> missing) {
  public StrategyReport {
    trained = List.copyOf(trained);
    missing = List.copyOf(missing);
  }

  /**
   * The result of a training.
   *
   * @param strategy its name
   * @param validationLoss after the last step, in nats a token
   * @param tokensPerSecond of steps or rounds, without validations and checkpoints
   * @param wallSeconds from planning to summary
   * @param replicaDistance largest of any round, relative to the norm of the parameters
   */
  public record Trained(
      String strategy,
      double validationLoss,
      double tokensPerSecond,
      double wallSeconds,
      double replicaDistance) {}
}
