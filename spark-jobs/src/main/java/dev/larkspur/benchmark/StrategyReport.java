package dev.larkspur.benchmark;

import java.util.List;

/**
 * What strategies make of the same tokens.
 *
 * @param workers of each training
 * @param steps of each training
 * @param tokens of each training
 * @param unigramLoss of a model that knows no context, in nats a token
 * @param trained one for each strategy
 * @param missing why other strategies are not among them, in sentences
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
   * A training.
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
