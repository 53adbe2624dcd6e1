package dev.larkspur.report;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.prepare.PrepareEstimate;
import java.util.List;
import java.util.Map;

/** Formats the estimate of {@code prepare --dry-run}, as text or JSON. */
public final class PrepareEstimateText {
  private static final List<Integer> HOURS = List.of(1, 8, 24);
  private static final double SECONDS_OF_HOUR = 3600;

  private PrepareEstimateText() {}

  public static String json(PrepareEstimate estimate) {
    return JsonReport.of(estimate);
  }

  public static String of(PrepareEstimate estimate) {
    DocumentCounts documents = estimate.documents();
    StringBuilder text = new StringBuilder();
    text.append(
        """
        from a sample of %,d of %,d bytes; nothing is written
        files              %,d to take, %,d known
        records read       %,d
        documents kept     %,d
        """
            .formatted(
                estimate.input().sampledBytes(),
                estimate.input().inputBytes(),
                estimate.input().files(),
                estimate.input().filesKnown(),
                documents.read(),
                documents.kept()));
    append(text, "skipped", documents.skipped());
    append(text, "dropped", documents.dropped());
    if (estimate.rejections() == PrepareEstimate.Rejections.TOO_MANY) {
      text.append("too many bad records: the job would fail; see data.rejected\n");
    }
    text.append(
        """
        text               %,d bytes
        tokens             %,d in %,d blocks
        output             %,d bytes
        processor time     %s on one core, %s on the %d of this Spark
        """
            .formatted(
                estimate.output().textBytes(),
                estimate.output().tokens(),
                estimate.output().blocks(),
                estimate.output().outputBytes(),
                Durations.text(estimate.cost().cpuSeconds()),
                Durations.text(estimate.cost().cpuSeconds() / estimate.cost().cores()),
                estimate.cost().cores()));
    for (int hours : HOURS) {
      text.append(
          "cores              %,d to be done in %d h%n"
              .formatted(
                  (long) Math.ceil(estimate.cost().cpuSeconds() / (hours * SECONDS_OF_HOUR)),
                  hours));
    }
    for (PrepareEstimate.Source source : estimate.sources()) {
      text.append(
          "source %s: %,d tokens of %,d, for %.2f %% of all%n"
              .formatted(
                  source.name(),
                  source.usedTokens(),
                  source.availableTokens(),
                  100 * source.share()));
    }
    return text.toString().stripTrailing();
  }

  private static void append(StringBuilder text, String what, Map<?, Long> counts) {
    counts.forEach((reason, count) -> text.append("  %s %,d: %s%n".formatted(what, count, reason)));
  }
}
