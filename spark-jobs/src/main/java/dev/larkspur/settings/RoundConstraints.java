package dev.larkspur.settings;

import java.util.List;

/**
 * The settings that a training in rounds cannot obey, because the library trains and exchanges
 * updates itself. A value other than the default is refused, since it would be ignored.
 */
final class RoundConstraints {
  private static final List<Constraint> IGNORED =
      List.of(
          new Constraint(
              "training.max-skipped",
              "skips no update, and fails after a round whose loss or parameters are not finite"),
          new Constraint(
              "training.loss-spike-z-score",
              "skips no update, as it reports no loss before the update"),
          new Constraint("training.exchange.wire", "exchanges in fp32"),
          new Constraint("training.exchange.bucket-bytes", "does not exchange gradients in parts"),
          new Constraint(
              "training.collective-timeout",
              "waits for a round as long as training.dl4j.stall-timeout allows"),
          new Constraint(
              "training.stall-timeout", "gives up a round after training.dl4j.stall-timeout"),
          new Constraint(
              "training.network-interface", "uses the network of spark.driver.host, if any"),
          new Constraint("metrics.histograms-every", "keeps its gradients to itself"),
          new Constraint("metrics.spectral-norms-every", "measures no spectral norms"),
          new Constraint("training.rendezvous-ports", "uses free UDP ports, if any"));

  private static final List<Constraint> ONCE_A_ROUND =
      List.of(
          new Constraint("training.log-every", "writes one line of metrics after each round"),
          new Constraint("checkpoint.every", "writes a checkpoint after each round"));

  private RoundConstraints() {}

  /**
   * A setting that cannot be obeyed.
   *
   * @param instead what a training in rounds does, as a predicate
   */
  private record Constraint(String key, String instead) {}

  /** Refuses values that would be ignored. */
  static void check(StrategySettings strategy, Values values) {
    String prefix = "training.strategy = %s ".formatted(strategy.kind().word());
    IGNORED.stream()
        .filter(constraint -> !values.isDefault(constraint.key()))
        .forEach(
            constraint ->
                values.refuse(
                    constraint.key(),
                    prefix + constraint.instead(),
                    "leave it at its default, %s, or set training.strategy = all-reduce"
                        .formatted(values.defaultOf(constraint.key()))));
    int steps = strategy.rounds().roundSteps();
    ONCE_A_ROUND.stream()
        .filter(constraint -> !values.isDefault(constraint.key()))
        .filter(constraint -> !values.isNumber(constraint.key(), steps))
        .forEach(
            constraint ->
                values.refuse(
                    constraint.key(),
                    prefix + constraint.instead(),
                    "set it and training.dl4j.round-steps = %d to the same number, or leave it at its default, %s"
                        .formatted(steps, values.defaultOf(constraint.key()))));
  }
}
