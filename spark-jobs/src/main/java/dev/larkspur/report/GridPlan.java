package dev.larkspur.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.report.Durations.FlopText;
import dev.larkspur.scaling.Grid;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.settings.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The cost of a grid.
 *
 * @param runs its trainings
 * @param tokens of all trainings
 * @param flops of all trainings, as the paper counts them
 * @param seconds of all trainings, at the speed measured on this machine; null if it was not
 *     measured
 */
public record GridPlan(List<Planned> runs, long tokens, double flops, Double seconds) {

  /**
   * One training.
   *
   * @param size label of its size
   * @param kind label of its kind
   * @param seed its seed
   * @param cost its cost
   */
  record Planned(String size, String kind, long seed, @JsonUnwrapped Cost cost) {}

  /**
   * The cost of a training.
   *
   * @param parameters of the model
   * @param steps updates
   * @param tokens trained on
   * @param flops as the paper counts them
   * @param seconds duration; null if the speed was not measured
   */
  record Cost(long parameters, long steps, long tokens, double flops, Double seconds) {}

  /**
   * Computes the cost of a grid.
   *
   * @param parameters of a training's model
   * @param tokensPerSecond of a training on this machine; NaN if it is unknown
   */
  public static GridPlan of(
      Grid grid, ToDoubleFunction<GridRun> parameters, ToDoubleFunction<GridRun> tokensPerSecond) {
    List<Planned> runs = new ArrayList<>();
    for (GridRun run : grid.runs()) {
      double speed = tokensPerSecond.applyAsDouble(run);
      runs.add(
          new Planned(
              run.size().label(),
              run.kind().label(),
              run.seed(),
              new Cost(
                  (long) parameters.applyAsDouble(run),
                  run.steps(),
                  run.tokens(),
                  run.flops(),
                  speed > 0 ? run.tokens() / speed : null)));
    }
    List<Cost> costs = runs.stream().map(Planned::cost).toList();
    boolean timed = costs.stream().map(Cost::seconds).allMatch(Objects::nonNull);
    return new GridPlan(
        runs,
        costs.stream().mapToLong(Cost::tokens).sum(),
        costs.stream().mapToDouble(Cost::flops).sum(),
        timed ? costs.stream().mapToDouble(Cost::seconds).sum() : null);
  }

  /** The plan as text. */
  public String text() {
    List<List<String>> rows = new ArrayList<>();
    for (Planned run : runs) {
      Cost cost = run.cost();
      rows.add(
          List.of(
              run.size() + ", " + run.kind(),
              Long.toString(run.seed()),
              format("%,d", cost.parameters()),
              format("%,d", cost.steps()),
              format("%,d", cost.tokens()),
              FlopText.of(cost.flops()),
              cost.seconds() == null ? "" : Durations.text(cost.seconds())));
    }
    Table table =
        new Table(List.of("model", "seed", "parameters", "steps", "tokens", "FLOPs", "time"), rows);
    return table.text()
        + format(
            "%nall: %s, %,d tokens, %s FLOPs",
            Count.of(runs.size(), "training"), tokens, FlopText.of(flops))
        + (seconds == null
            ? "; models above 20 million parameters are not timed: larkspur plan estimates them on"
                + " GPUs"
            : ", about %s on this machine, by a step of each model"
                .formatted(Durations.text(seconds)));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
