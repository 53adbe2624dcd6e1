package dev.larkspur.report;

import dev.larkspur.benchmark.FfnBenchmark.FfnReport;
import dev.larkspur.benchmark.FfnBenchmark.FfnReport.FfnMeasured;
import java.util.List;
import java.util.Locale;

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
}
