package dev.larkspur.report;

import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes the results of a grid into a section of a Markdown file: the text between two marks with
 * the grid's name is replaced, the rest of the file stays.
 */
public final class ResultsMarkdown {
  private static final String BEGIN = "<!-- begin %s: written by larkspur scaling -->";
  private static final String END = "<!-- end %s -->";

  private ResultsMarkdown() {}

  /**
   * Writes the tables, and the figure beside the file in {@code results/}.
   *
   * @param name of the grid, for marks and the figure's file
   */
  public static void write(Path file, String name, Results results) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder.resolve("results"));
      String figure = "results/" + name + ".svg";
      Optional<String> svg = ResultsFiles.figure(name, results);
      if (svg.isPresent()) {
        Files.writeString(folder.resolve(figure), svg.get());
      }
      String before = Files.exists(file) ? Files.readString(file) : "";
      String part = part(name, svg.map(drawn -> figure), results);
      Files.writeString(file, merged(before, name, part));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  static String merged(String before, String name, String part) {
    String begin = BEGIN.formatted(name);
    String end = END.formatted(name);
    int from = before.indexOf(begin);
    int to = before.indexOf(end, Math.max(0, from));
    String marked = begin + "\n" + part + end;
    if (from < 0 || to < 0) {
      return before + (before.isEmpty() ? "" : "\n") + marked + "\n";
    }
    return before.substring(0, from) + marked + before.substring(to + end.length());
  }

  private static String part(String name, Optional<String> figure, Results results) {
    RunResult any = results.runs().get(0);
    String picture =
        figure
            .map(path -> "![Validation loss over training FLOPs](%s)\n\n".formatted(path))
            .orElse("");
    String made =
        "`larkspur scaling`, %s: %s on %s, %s; perplexity of a unigram model %.1f.\n\n"
            .formatted(
                name,
                any.machine().engine(),
                any.machine().device(),
                any.machine().precision(),
                any.unigramPerplexity());
    return made
        + picture
        + ResultsTables.of(results).entrySet().stream()
            .map(each -> "**" + each.getKey() + "**\n\n" + each.getValue().markdown() + "\n")
            .collect(Collectors.joining());
  }
}
