package dev.larkspur.report;

import java.util.Map;

/** The statistics of a corpus as one HTML page that needs nothing else: plots are inline SVG. */
public final class CorpusStatsPage {
  private static final int NAME_WIDTH = 260;
  private static final int BAR_WIDTH = 520;
  private static final int NUMBER_WIDTH = 140;
  private static final int ROW = 22;

  private CorpusStatsPage() {}

  public static String of(String corpus, CorpusStats stats) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <meta charset="utf-8">
    <title>%1$s</title>
    <style>
    body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 960px }
    table { border-collapse: collapse }
    td { padding: 2px 24px 2px 0 }
    td + td, .count { text-align: right; font-variant-numeric: tabular-nums }
    rect { fill: #3b6ea8 }
    svg text { font-size: 13px }
    </style>
    <h1>%1$s</h1>
    <table>
    %2$s</table>
    %3$s%4$s%5$s%6$s%7$s</html>
    """
        .formatted(
            escaped(corpus),
            rows(stats),
            plot("Documents by number of tokens", stats.lengths()),
            plot("Records without a document, by reason", stats.rejected()),
            plot("Documents of each part", stats.parts()),
            plot("Training tokens of each source", stats.sourceTokens()),
            plot("Records of each domain", stats.domainCounts()));
  }

  private static String rows(CorpusStats stats) {
    return row("documents", "%,d".formatted(stats.documents()))
        + row("bytes of text", "%,d".formatted(stats.textBytes()))
        + row("tokens", "%,d".formatted(stats.tokens()))
        + row("tokens per byte", "%.4f".formatted(stats.tokensPerByte()))
        + row("training blocks", "%,d".formatted(stats.trainBlocks()))
        + row("validation blocks", "%,d".formatted(stats.validationBlocks()))
        + row("tokens of a block", "%,d".formatted(stats.tokensPerBlock()))
        + row("tokens in dropped tails", "%,d".formatted(stats.tailTokens()))
        + row("records read", "%,d".formatted(stats.recordsRead()))
        + row("fingerprint", stats.fingerprint());
  }

  private static String row(String name, String value) {
    return "<tr><td>%s<td>%s\n".formatted(name, escaped(value));
  }

  private static String plot(String heading, Map<String, Long> counts) {
    long largest = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
    if (largest == 0) {
      return "";
    }
    StringBuilder bars = new StringBuilder();
    int y = 0;
    for (Map.Entry<String, Long> bar : counts.entrySet()) {
      double width = (double) BAR_WIDTH * bar.getValue() / largest;
      bars.append(
          "<text x=\"0\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\"/>"
              .formatted(y + ROW - 7, escaped(bar.getKey()), NAME_WIDTH, y + 3, width, ROW - 6));
      bars.append(
          "<text x=\"%s\" y=\"%d\">%,d</text>\n"
              .formatted(NAME_WIDTH + width + 8, y + ROW - 7, bar.getValue()));
      y += ROW;
    }
    return "<h2>%s</h2>\n<svg width=\"%d\" height=\"%d\" role=\"img\">\n%s</svg>\n"
        .formatted(heading, NAME_WIDTH + BAR_WIDTH + NUMBER_WIDTH, y, bars);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
