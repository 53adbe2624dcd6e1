package dev.larkspur.report;

import dev.larkspur.benchmark.StrategyReport;
import dev.larkspur.benchmark.StrategyReport.Trained;
import dev.larkspur.settings.Count;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats the results of {@code benchmark dl4j}. */
public final class StrategyReportText {
  private StrategyReportText() {}

  public static String of(StrategyReport report) {
    String head =
        String.format(
            Locale.ROOT,
            "%s, %s of %,d tokens in all; the loss without context is %.3f",
            Count.of(report.workers(), "worker"),
            Count.of(report.steps(), "step"),
            report.tokens(),
            report.unigramLoss());
    Table table =
        new Table(
            List.of("strategy", "validation loss", "tokens/s", "total seconds", "replica distance"),
            report.trained().stream().map(StrategyReportText::row).toList());
    return Stream.concat(Stream.of(head, table.text()), report.missing().stream())
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static List<String> row(Trained trained) {
    return List.of(
        trained.strategy(),
        String.format(Locale.ROOT, "%.3f", trained.validationLoss()),
        String.format(Locale.ROOT, "%,.0f", trained.tokensPerSecond()),
        String.format(Locale.ROOT, "%.1f", trained.wallSeconds()),
        trained.replicaDistance() == 0
            ? "0"
            : String.format(Locale.ROOT, "%.4f", trained.replicaDistance()));
  }
}
