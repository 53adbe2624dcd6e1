package dev.larkspur.report;

import dev.larkspur.report.chart.Svg;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Cells below headers; the first column holds names, the others numbers.
 *
 * @param headers of the columns
 * @param rows each with a cell for every column
 */
public record Table(List<String> headers, List<List<String>> rows) {
  public Table {
    headers = List.copyOf(headers);
    rows = List.copyOf(rows);
  }

  /** The table as text, in aligned columns. */
  public String text() {
    List<List<String>> all = new ArrayList<>(rows);
    all.add(0, headers);
    int[] widths =
        IntStream.range(0, headers.size())
            .map(i -> all.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    return all.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            i -> {
              String gap = " ".repeat(widths[i] - row.get(i).length());
              return i == 0 ? row.get(i) + gap : gap + row.get(i);
            })
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  /** The table in Markdown. */
  public String markdown() {
    String rule = "|---|" + "---:|".repeat(headers.size() - 1);
    return row(headers) + rule + "\n" + rows.stream().map(Table::row).collect(Collectors.joining());
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** The table as an HTML element. */
  public String html() {
    return "<table>\n"
        + htmlRow(headers, "th")
        + rows.stream().map(row -> htmlRow(row, "td")).collect(Collectors.joining())
        + "</table>\n";
  }

  private static String htmlRow(List<String> cells, String tag) {
    return cells.stream()
        .map(cell -> "<" + tag + ">" + Svg.escaped(cell))
        .collect(Collectors.joining("", "<tr>", "\n"));
  }
}
