package dev.larkspur.report;

import dev.larkspur.report.Durations.FlopText;
import dev.larkspur.scaling.PowerLaw;
import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.Results.KindFit;
import dev.larkspur.scaling.Results.Spread;
import dev.larkspur.scaling.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Tables of the results of a grid, by heading. */
public final class ResultsTables {
  private ResultsTables() {}

  public static Map<String, Table> of(Results results) {
    Map<String, Table> tables = new LinkedHashMap<>();
    tables.put("Trainings", runs(results));
    if (!results.spreads().isEmpty()) {
      tables.put("Mean and standard deviation over seeds", spreads(results));
    }
    if (!results.fits().isEmpty()) {
      tables.put("Power laws, loss = a · C^-k", fits(results));
    }
    return tables;
  }

  /**
   * Speeds are not compared, because the trainings ran hours apart; the benchmarks compare speeds.
   */
  private static Table runs(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (RunResult run : results.runs()) {
      RunResult first = first(results, run);
      rows.add(
          List.of(
              run.size() + ", " + run.kind(),
              Long.toString(run.seed()),
              format("%,d", run.cost().parameters()),
              format("%,d", run.cost().ffnParameters()),
              format("%,d", run.cost().tokens()),
              FlopText.of(run.flops()),
              format("%.2f", run.flops() / first.flops()),
              format("%.4f", run.loss()),
              format("%.2f", run.perplexity()),
              format("%,.0f", run.tokensPerSecond())));
    }
    return new Table(
        List.of(
            "model",
            "seed",
            "parameters",
            "of FFNs",
            "tokens",
            "FLOPs",
            "of the first kind's",
            "validation loss",
            "perplexity",
            "tokens/s"),
        rows);
  }

  /** The training of the first kind with the same size and seed. */
  private static RunResult first(Results results, RunResult run) {
    return results.runs().stream()
        .filter(other -> other.size().equals(run.size()) && other.seed() == run.seed())
        .findFirst()
        .orElseThrow();
  }

  private static Table spreads(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (Spread each : results.spreads()) {
      rows.add(
          List.of(
              each.size() + ", " + each.kind(),
              Integer.toString(each.trainings()),
              format("%.4f ± %.4f", each.losses().loss(), each.losses().lossDeviation()),
              format(
                  "%.2f ± %.2f", each.losses().perplexity(), each.losses().perplexityDeviation()),
              each.distance().aboveFirst() == null
                  ? ""
                  : format(
                      "%+.4f ± %.4f",
                      each.distance().aboveFirst(), each.distance().aboveFirstHalfWidth())));
    }
    return new Table(
        List.of(
            "model",
            "seeds",
            "validation loss",
            "perplexity",
            "loss above the first kind's (95 % interval)"),
        rows);
  }

  private static Table fits(Results results) {
    double most = results.runs().stream().mapToDouble(RunResult::flops).max().orElseThrow();
    List<List<String>> rows = new ArrayList<>();
    for (KindFit fit : results.fits()) {
      PowerLaw law = fit.law();
      PowerLaw.Interval there = law.interval(most);
      rows.add(
          List.of(
              fit.kind(),
              Integer.toString(law.points().trainings()),
              format("%.4f", law.slope().exponent()),
              format("%.4f to %.4f", law.slope().exponentLow(), law.slope().exponentHigh()),
              format("%.3f", law.coefficient()),
              format("%.4f", law.residual()),
              format("%.3f (%.3f to %.3f)", law.loss(most), there.low(), there.high())));
    }
    return new Table(
        List.of(
            "kind",
            "trainings",
            "k",
            "95 % interval of k",
            "a",
            "deviation of ln loss",
            "loss at " + FlopText.of(most) + " FLOPs"),
        rows);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, Objects.requireNonNull(values));
  }
}
