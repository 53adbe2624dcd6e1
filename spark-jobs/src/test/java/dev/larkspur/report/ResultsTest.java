package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of a grid as tables, text and Markdown. */
class ResultsTest {
  @TempDir private Path directory;

  @Test
  void comparesWithTheFirstKindOfTheSameSize() {
    Table runs = ResultsTables.of(results()).get("Trainings");

    assertThat(runs.rows()).hasSize(4);
    assertThat(runs.rows().get(3))
        .containsExactly(
            "m, low <32 %>",
            "1", "1,000", "500", "20,000", "4.50e12", "0.75", "2.2000", "9.03", "300");
  }

  @Test
  void tablesAreTextMarkdownAndHtml() {
    Table table =
        new Table(List.of("a", "b"), List.of(List.of("x | <y>", "1"), List.of("z", "22")));

    assertThat(table.text()).isEqualTo("a         b\nx | <y>   1\nz        22");
    assertThat(table.markdown())
        .isEqualTo("| a | b |\n|---|---:|\n| x \\| <y> | 1 |\n| z | 22 |\n");
    assertThat(table.html()).contains("<td>x | &lt;y>");
  }

  @Test
  void markdownReplacesItsOwnPartOnly() throws Exception {
    Path file = directory.resolve("docs/results.md");
    ResultsMarkdown.write(file, "one", results());
    ResultsMarkdown.write(file, "two", results());
    String both = Files.readString(file);
    String around = "# Title\n\n" + both.replace("| 2.2000 |", "| 9.9999 |") + "\nThe end.\n";
    Files.writeString(file, around);

    ResultsMarkdown.write(file, "one", results());

    assertThat(Files.readString(file)).startsWith("# Title\n").endsWith("\nThe end.\n");
    assertThat(Files.readString(file).split("9\\.9999", -1)).hasSize(2);
    assertThat(Files.readString(directory.resolve("docs/results/one.svg"))).startsWith("<svg");
    assertThat(both).contains("](results/one.svg)", "](results/two.svg)");
  }

  private static Results results() {
    return Results.of(
        List.of(
            result("s", "dense", 1e12, 3.0, 400),
            result("s", "low <32 %>", 0.8e12, 3.1, 440),
            result("m", "dense", 6e12, 2.1, 200),
            result("m", "low <32 %>", 4.5e12, 2.2, 300)));
  }

  private static RunResult result(
      String size, String kind, double flops, double loss, double tokensPerSecond) {
    return new RunResult(
        new RunResult.TrainedModel(size, kind, 1),
        new RunResult.Cost(1000, 500, 20_000, flops),
        loss,
        Math.exp(loss),
        600,
        tokensPerSecond,
        new RunResult.Machine("torch", "cpu", "fp32"));
  }
}
