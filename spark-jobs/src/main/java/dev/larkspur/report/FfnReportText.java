package dev.larkspur.report;

import dev.larkspur.benchmark.FfnBenchmark.FfnReport;
import dev.larkspur.benchmark.FfnBenchmark.FfnReport.FfnMeasured;
import dev.larkspur.benchmark.Seconds.Compared;
import dev.larkspur.report.chart.LineChart;
import dev.larkspur.report.chart.LineChart.Axis;
import dev.larkspur.report.chart.LineChart.Scale;
import dev.larkspur.report.chart.LineChart.Series;
import dev.larkspur.report.chart.LineChart.Series.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Formats the results of {@code benchmark ffn}. */
public final class FfnReportText {
  private FfnReportText() {}

  public static String of(FfnReport report) {
    return "%s on %s, %s%n%s"
        .formatted(
            report.machine().engine(),
            report.machine().device(),
            report.machine().precision(),
            table(report).text());
  }

  private static Table table(FfnReport report) {
    return new Table(
        List.of(
            "kind",
            "width",
            "tokens",
            "weights",
            "forward ms",
            "of dense's speed",
            "with backward ms",
            "of dense's speed"),
        report.networks().stream().map(FfnReportText::row).toList());
  }

  private static List<String> row(FfnMeasured each) {
    return List.of(
        each.kind(),
        format("%,d", each.width()),
        format("%,d", each.tokens()),
        format("%,d", each.parameters()),
        format("%.2f", 1e3 * each.forward().seconds().median()),
        format("%.2f", each.forward().speedup()),
        format("%.2f", 1e3 * each.training().seconds().median()),
        format("%.2f", each.training().speedup()));
  }

  private static String format(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * Charts of the speed of each kind as a multiple of dense's, by width and by number of tokens.
   */
  public static final class FfnCharts {
    private FfnCharts() {}

    /** The charts by file name. */
    public static Map<String, LineChart> of(FfnReport report) {
      int width = report.networks().stream().mapToInt(FfnMeasured::width).max().orElseThrow();
      int tokens = report.networks().stream().mapToInt(FfnMeasured::tokens).max().orElseThrow();
      Map<String, Function<FfnMeasured, Compared>> passes = new LinkedHashMap<>();
      passes.put("forward", FfnMeasured::forward);
      passes.put("training", FfnMeasured::training);
      Map<String, LineChart> charts = new LinkedHashMap<>();
      passes.forEach(
          (name, pass) -> {
            String title =
                "Speed of an FFN relative to dense, %s: %s, %s"
                    .formatted(
                        name.equals("forward") ? "forward" : "forward and backward",
                        report.machine().precision(),
                        report.machine().device());
            charts.put(
                "ffn-" + name + "-by-width",
                chart(
                    title + ", %,d tokens".formatted(tokens),
                    "hidden width",
                    report,
                    each -> each.tokens() == tokens,
                    FfnMeasured::width,
                    pass));
            charts.put(
                "ffn-" + name + "-by-tokens",
                chart(
                    title + ", width %,d".formatted(width),
                    "tokens",
                    report,
                    each -> each.width() == width,
                    FfnMeasured::tokens,
                    pass));
          });
      return charts;
    }

    private static LineChart chart(
        String title,
        String across,
        FfnReport report,
        Predicate<FfnMeasured> which,
        ToDoubleFunction<FfnMeasured> x,
        Function<FfnMeasured, Compared> pass) {
      List<Series> series =
          report.networks().stream()
              .map(FfnMeasured::kind)
              .distinct()
              .map(kind -> series(kind, report, which, x, pass))
              .toList();
      return new LineChart(
          title,
          new Axis(across, Scale.LOG),
          new Axis("times as fast as dense", Scale.LINEAR),
          series);
    }

    private static Series series(
        String kind,
        FfnReport report,
        Predicate<FfnMeasured> which,
        ToDoubleFunction<FfnMeasured> x,
        Function<FfnMeasured, Compared> pass) {
      return Series.joined(
          kind,
          report.networks().stream()
              .filter(which.and(each -> each.kind().equals(kind)))
              .map(each -> new Point(x.applyAsDouble(each), pass.apply(each).speedup()))
              .sorted(java.util.Comparator.comparingDouble(Point::x))
              .toList());
    }
  }
}
