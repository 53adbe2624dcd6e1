package dev.larkspur.report;

import dev.larkspur.benchmark.EngineReport;
import dev.larkspur.benchmark.EngineReport.EngineMeasured;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Formats the results of {@code benchmark engines}. */
public final class EngineReportText {
  private static final double MEBIBYTE = 1 << 20;

  private EngineReportText() {}

  public static String of(EngineReport report) {
    return String.format(
        Locale.ROOT,
        "%s; %s, %s; %d layers of width %,d, vocabulary %,d; steps of %,d tokens in sequences of"
            + " %,d%n%s",
        report.machine().processor(),
        report.machine().device(),
        report.machine().precision(),
        report.shape().layers(),
        report.shape().width(),
        report.shape().vocabulary(),
        report.shape().stepTokens(),
        report.shape().context(),
        table(report).text());
  }

  private static Table table(EngineReport report) {
    return new Table(
        List.of(
            "kind",
            "engine",
            "s/step",
            "least - most",
            "CPU s/step",
            "tokens/s",
            "of plain's speed",
            "peak MiB",
            "loss differs",
            "a gradient"),
        report.engines().stream().map(engine -> row(engine, report.shape().stepTokens())).toList());
  }

  private static List<String> row(EngineMeasured engine, long tokens) {
    List<Double> rounds = engine.step().wall().rounds();
    return List.of(
        engine.kind(),
        engine.engine(),
        format("%.3f", engine.step().wall().median()),
        format("%.3f", Collections.min(rounds)) + format(" - %.3f", Collections.max(rounds)),
        orNothing("%.2f", engine.step().processor().median()),
        format("%,.0f", tokens / engine.step().wall().median()),
        format("%.2f", engine.step().speed().median()),
        orNothing("%,.0f", engine.peakBytes() / MEBIBYTE),
        format("%.0e", engine.agreement().loss()),
        format("%.0e", engine.agreement().gradient().relative()));
  }

  private static String orNothing(String format, double value) {
    return Double.isNaN(value) ? "-" : format(format, value);
  }

  private static String format(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }
}
