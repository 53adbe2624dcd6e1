package dev.larkspur.report;

import dev.larkspur.benchmark.DecodeBenchmark.DecodeReport;
import dev.larkspur.benchmark.DecodeBenchmark.DecodeReport.DecodeMeasured;
import dev.larkspur.benchmark.Seconds;
import java.util.List;
import java.util.Locale;

/** Formats the results of {@code benchmark decode}. */
public final class DecodeReportText {
  private DecodeReportText() {}

  public static String of(DecodeReport report) {
    return "%s on %s, %s; %d layers of width %,d, inner %,d%n%s"
        .formatted(
            report.machine().engine(),
            report.machine().device(),
            report.machine().precision(),
            report.layers(),
            report.width(),
            report.inner(),
            new Table(
                    List.of(
                        "kind",
                        "sequences",
                        "factors tokens/s",
                        "merged tokens/s",
                        "of the factors' speed",
                        "auto tokens/s",
                        "of the memory's speed"),
                    report.kinds().stream().map(each -> row(each, report.tokens())).toList())
                .text());
  }

  private static List<String> row(DecodeMeasured each, int tokens) {
    return List.of(
        each.kind(),
        String.valueOf(each.sequences()),
        speed(each, tokens, each.factors()),
        speed(each, tokens, each.merged()),
        each.merged() == null ? "" : String.format(Locale.ROOT, "%.2f", each.mergedSpeedup()),
        speed(each, tokens, each.auto()),
        share(each.sharesOfLimit(tokens)));
  }

  /** For one sequence, which needs all weights for each token. */
  private static String share(List<Double> shares) {
    return shares.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.0f %% (%.0f to %.0f)",
            100 * shares.get(shares.size() / 2),
            100 * shares.get(0),
            100 * shares.get(shares.size() - 1));
  }

  private static String speed(DecodeMeasured each, int tokens, Seconds seconds) {
    return seconds == null
        ? ""
        : String.format(
            Locale.ROOT, "%,.0f", (double) each.sequences() * tokens / seconds.median());
  }
}
