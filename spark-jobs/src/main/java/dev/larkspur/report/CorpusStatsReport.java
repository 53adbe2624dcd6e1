package dev.larkspur.report;

import dev.larkspur.report.chart.BarChart;
import dev.larkspur.report.chart.BarChart.Bars;
import java.util.List;
import java.util.Map;

/** Formats the statistics of a corpus as text, or as an HTML page with charts. */
public final class CorpusStatsReport {
  private CorpusStatsReport() {}

  /** Text for a terminal. */
  public static String text(CorpusStats stats) {
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
                stats.texts().documents(),
                stats.texts().textBytes(),
                stats.texts().tokens(),
                stats.texts().tokensPerByte(),
                stats.blocks().trainBlocks(),
                stats.blocks().validationBlocks(),
                stats.blocks().tokensPerBlock(),
                stats.texts().tailTokens(),
                stats.records().recordsRead()));
    append(text, "records without a document, by reason", stats.records().rejected());
    append(text, "documents by number of tokens", stats.records().lengths());
    append(text, "documents of each part", stats.records().parts());
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

  /**
   * A self-contained HTML page.
   *
   * @param corpus its directory, for the title
   */
  public static String html(String corpus, CorpusStats stats) {
    HtmlPage page = new HtmlPage(corpus).table("Totals", totals(stats));
    chart(page, "Documents by number of tokens", stats.records().lengths());
    chart(page, "Records without a document, by reason", stats.records().rejected());
    chart(page, "Documents of each part", stats.records().parts());
    chart(page, "Training tokens of each source", stats.sourceTokens());
    chart(page, "Records of each domain", stats.domainCounts());
    return page.toString();
  }

  private static Table totals(CorpusStats stats) {
    return new Table(
        List.of("", ""),
        List.of(
            row("documents", "%,d", stats.texts().documents()),
            row("bytes of text", "%,d", stats.texts().textBytes()),
            row("tokens", "%,d", stats.texts().tokens()),
            row("tokens per byte", "%.4f", stats.texts().tokensPerByte()),
            row("training blocks", "%,d", stats.blocks().trainBlocks()),
            row("validation blocks", "%,d", stats.blocks().validationBlocks()),
            row("tokens of a block", "%,d", stats.blocks().tokensPerBlock()),
            row("tokens in dropped tails", "%,d", stats.texts().tailTokens()),
            row("records read", "%,d", stats.records().recordsRead()),
            row("fingerprint", "%s", stats.fingerprint())));
  }

  private static List<String> row(String name, String format, Object value) {
    return List.of(name, format.formatted(value));
  }

  private static void chart(HtmlPage page, String title, Map<String, Long> counts) {
    if (counts.values().stream().anyMatch(count -> count > 0)) {
      List<Bars.Bar> bars =
          counts.entrySet().stream()
              .map(
                  each ->
                      new Bars.Bar(
                          each.getKey(), each.getValue(), "%,d".formatted(each.getValue())))
              .toList();
      page.chart(new BarChart(title, List.of(new Bars("", bars))).svg());
    }
  }
}
