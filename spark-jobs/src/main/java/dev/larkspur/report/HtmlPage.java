package dev.larkspur.report;

import dev.larkspur.report.chart.Svg;

/** A self-contained HTML page of headings, tables and charts, for light and dark screens. */
final class HtmlPage {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="color-scheme" content="light dark">
      <title>%1$s</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1100px; padding: 0 1em }
      table { border-collapse: collapse } td, th { padding: 2px 14px 2px 0; text-align: right }
      td:first-child, th:first-child { text-align: left }
      td { font-variant-numeric: tabular-nums }
      </style>
      <h1>%1$s</h1>
      """;

  private final StringBuilder text = new StringBuilder();

  HtmlPage(String title) {
    text.append(HEAD.formatted(Svg.escaped(title)));
  }

  /** Adds a table below its heading. */
  HtmlPage table(String heading, Table table) {
    text.append("<h2>").append(Svg.escaped(heading)).append("</h2>\n").append(table.html());
    return this;
  }

  /** Adds a chart, which includes its title. */
  HtmlPage chart(String svg) {
    text.append(svg);
    return this;
  }

  @Override
  public String toString() {
    return text + "</html>\n";
  }
}
