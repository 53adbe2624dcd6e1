package dev.larkspur.report;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.ScalingChart;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The files that a grid writes to its directory: numbers, the figure, and a page with both. */
public final class ResultsFiles {
  static final String JSON = "results.json";
  static final String FIGURE = "scaling.svg";
  public static final String PAGE = "index.html";

  private final RunDirectory directory;
  private final String title;

  public ResultsFiles(RunDirectory directory, String title) {
    this.directory = directory;
    this.title = title;
  }

  /** Writes all files, replacing earlier ones. */
  public void write(Results results) {
    directory.write(JSON, JsonReport.of(results) + "\n");
    figure(title, results).ifPresent(svg -> directory.write(FIGURE, svg));
    directory.write(PAGE, page(results));
  }

  /** The scaling figure as SVG; empty if there is only one size. */
  static Optional<String> figure(String title, Results results) {
    long sizes = results.runs().stream().map(run -> run.size()).distinct().count();
    return sizes > 1
        ? Optional.of(
            ScalingChart.of("Validation loss over training FLOPs, " + title, results).svg())
        : Optional.empty();
  }

  private String page(Results results) {
    HtmlPage page = new HtmlPage(title);
    figure(title, results).ifPresent(page::chart);
    ResultsTables.of(results).forEach(page::table);
    return page.toString();
  }

  /** Headings and tables for a terminal. */
  public static String text(Results results) {
    return ResultsTables.of(results).entrySet().stream()
        .map((Map.Entry<String, Table> each) -> each.getKey() + "\n" + each.getValue().text())
        .collect(Collectors.joining("\n\n"));
  }
}
