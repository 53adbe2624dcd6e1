package dev.larkspur.report;

import java.util.Map;

/** The statistics of a corpus as lines of text. */
public final class CorpusStatsText {
  private CorpusStatsText() {}

  public static String of(CorpusStats stats) {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        documents          %,d
        text               %,d bytes
        tokens             %,d (%.4f per byte)
        blocks             %,d to train on, %,d to validate, of %,d tokens
        dropped tails      %,d tokens
        records read       %,d
        """
            .formatted(
                stats.documents(),
                stats.textBytes(),
                stats.tokens(),
                stats.tokensPerByte(),
                stats.trainBlocks(),
                stats.validationBlocks(),
                stats.tokensPerBlock(),
                stats.tailTokens(),
                stats.recordsRead()));
    append(text, "records without a document, by reason", stats.rejected());
    append(text, "documents by number of tokens", stats.lengths());
    append(text, "documents of each part", stats.parts());
    stats
        .sources()
        .forEach(
            (part, sources) -> {
              text.append("sources of the training documents of ").append(part).append('\n');
              sources.forEach(
                  (name, source) -> text.append("  %s: %s%n".formatted(name, source.line())));
            });
    append(text, "records of each domain", stats.domainCounts());
    return text.toString().stripTrailing();
  }

  private static void append(StringBuilder text, String heading, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      text.append(heading).append('\n');
      counts.forEach((name, count) -> text.append("  %-32s %,15d%n".formatted(name, count)));
    }
  }
}
