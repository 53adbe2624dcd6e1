package dev.larkspur.scaling;

import dev.larkspur.report.chart.LineChart;
import dev.larkspur.report.chart.LineChart.Axis;
import dev.larkspur.report.chart.LineChart.Scale;
import dev.larkspur.report.chart.LineChart.Series;
import dev.larkspur.report.chart.LineChart.Series.Band;
import dev.larkspur.report.chart.LineChart.Series.Point;
import dev.larkspur.scaling.Results.KindFit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** The paper's scaling figure: validation loss over training FLOPs, with the fitted power laws. */
public final class ScalingChart {
  private static final int PIECES = 40;

  private ScalingChart() {}

  /**
   * The figure.
   *
   * @param results results of at least one training
   */
  public static LineChart of(String title, Results results) {
    return new LineChart(
        title,
        new Axis("training FLOPs", Scale.LOG),
        new Axis("validation loss, nats a token", Scale.LOG),
        results.kinds().stream().map(kind -> series(kind, results)).toList());
  }

  private static Series series(String kind, Results results) {
    List<RunResult> runs = results.ofKind(kind);
    List<Point> points = runs.stream().map(run -> new Point(run.flops(), run.loss())).toList();
    Optional<PowerLaw> law =
        results.fits().stream()
            .filter(fit -> fit.kind().equals(kind))
            .map(KindFit::law)
            .findFirst();
    if (law.isEmpty()) {
      return new Series(kind, points, List.of(), List.of());
    }
    List<Double> across = across(runs);
    return new Series(
        String.format(Locale.ROOT, "%s, k = %.4f", kind, law.get().slope().exponent()),
        points,
        across.stream().map(flops -> new Point(flops, law.get().loss(flops))).toList(),
        across.stream().map(flops -> band(law.get(), flops)).toList());
  }

  private static Band band(PowerLaw law, double flops) {
    PowerLaw.Interval interval = law.interval(flops);
    return new Band(flops, interval.low(), interval.high());
  }

  /** Geometrically spaced values from the fewest operations to the most. */
  private static List<Double> across(List<RunResult> runs) {
    double least = runs.stream().mapToDouble(RunResult::flops).min().orElseThrow();
    double most = runs.stream().mapToDouble(RunResult::flops).max().orElseThrow();
    return IntStream.rangeClosed(0, PIECES)
        .mapToObj(i -> least * Math.pow(most / least, (double) i / PIECES))
        .toList();
  }
}
