package dev.larkspur.report;

import dev.larkspur.benchmark.ModelBenchmark.ModelReport;
import dev.larkspur.benchmark.ModelBenchmark.ModelReport.ModelMeasured;
import dev.larkspur.benchmark.Seconds.Compared;
import dev.larkspur.report.chart.BarChart;
import dev.larkspur.report.chart.BarChart.Bars;
import dev.larkspur.settings.Count;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Formats the results of {@code benchmark model}. */
public final class ModelReportText {
  private ModelReportText() {}

  public static String of(ModelReport report) {
    return String.format(
        Locale.ROOT,
        "%s on %s, %s; %d layers of width %,d; steps of %,d tokens; %d tokens decoded behind"
            + " %d%n%s",
        report.machine().engine(),
        report.machine().device(),
        report.machine().precision(),
        report.layers(),
        report.width(),
        report.stepTokens(),
        report.decoding().decoded(),
        report.decoding().prompt(),
        table(report).text());
  }

  private static Table table(ModelReport report) {
    return new Table(
        List.of(
            "kind",
            "parameters",
            "step ms",
            "tokens/s",
            "of dense's",
            "decoding 1, tokens/s",
            "of dense's",
            "decoding " + report.decoding().sequences() + ", tokens/s",
            "of dense's"),
        report.models().stream().map(model -> row(report, model)).toList());
  }

  private static List<String> row(ModelReport report, ModelMeasured model) {
    return List.of(
        model.kind(),
        format("%,d", model.parameters()),
        format("%.1f", 1e3 * model.step().seconds().median()),
        format("%,.0f", report.trained(model)),
        format("%.2f", model.step().speedup()),
        format("%,.1f", report.decodedAlone(model)),
        format("%.2f", model.decodingOne().speedup()),
        format("%,.1f", report.decodedTogether(model)),
        format("%.2f", model.decodingMany().speedup()));
  }

  /** A chart of speeds as multiples of dense's. */
  public static BarChart chart(ModelReport report) {
    return new BarChart(
        "Times as fast as dense: %d layers of width %,d, %s, %s"
            .formatted(
                report.layers(),
                report.width(),
                report.machine().precision(),
                report.machine().device()),
        List.of(
            bars("training step", report, ModelMeasured::step),
            bars("decoding one sequence", report, ModelMeasured::decodingOne),
            bars(
                "decoding " + Count.of(report.decoding().sequences(), "sequence"),
                report,
                ModelMeasured::decodingMany)));
  }

  private static Bars bars(
      String name, ModelReport report, Function<ModelMeasured, Compared> measure) {
    return new Bars(
        name,
        report.models().stream()
            .map(
                model -> {
                  double times = measure.apply(model).speedup();
                  return new Bars.Bar(model.kind(), times, format("%.2f", times));
                })
            .toList());
  }

  private static String format(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }
}
