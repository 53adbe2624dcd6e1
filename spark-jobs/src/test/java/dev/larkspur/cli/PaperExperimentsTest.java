package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code describe} of every file of {@code conf/paper} against what the papers print. */
class PaperExperimentsTest {
  /**
   * Parameters and those of the feed-forward networks in millions and training FLOPs as printed;
   * FLOPs of rows that the papers do not print are those of low rank where the weights are as many.
   * Then the weights of the first feed-forward network and of each other one, counted by hand, in
   * units of d²/96: a dense one has 2 · 4d · d.
   */
  private static final String TABLE =
      """
      s-dense             110  .   1.69e+18 768 768
      s-low-rank-63       .    .   1.44e+18 768 480
      s-low-rank-32       .    .   1.22e+18 768 240
      s-low-rank-32-self-guided  . . 1.69e+18 768 240
      s-block-dense-63    .    .   1.44e+18 768 480
      s-block-dense-32    .    .   1.22e+18 768 240
      s-block-shuffle-63  .    .   1.44e+18 768 480
      s-block-shuffle-32  .    .   1.22e+18 768 240
      m-dense             335  .   1.55e+19 768 768
      m-low-rank-63       .    .   1.26e+19 768 480
      m-low-rank-32       .    .   1.02e+19 768 240
      m-low-rank-32-self-guided  . . 1.55e+19 768 240
      m-block-dense-63    .    .   .        768 450
      m-block-dense-32    .    .   .        768 225
      m-block-shuffle-63  .    .   1.26e+19 768 480
      m-block-shuffle-32  .    .   1.02e+19 768 240
      m-gqa               335  .   1.55e+19 912 912
      m-wide              219  .   1.55e+19 912 552
      m-wide-self-guided  219  .   1.55e+19 912 552
      l-dense             729  .   7.03e+19 768 768
      l-low-rank-63       .    .   5.61e+19 768 480
      l-low-rank-32       .    .   4.42e+19 768 240
      l-low-rank-32-self-guided  . . .        768 240
      l-block-dense-63    .    .   5.61e+19 768 480
      l-block-dense-32    .    .   4.42e+19 768 240
      l-block-shuffle-63  .    .   5.61e+19 768 480
      l-block-shuffle-32  .    .   4.42e+19 768 240
      l-gqa               729  .   7.03e+19 928 928
      l-wide              464  .   .        928 560
      l-wide-self-guided  464  .   .        928 560
      xl-dense            1274 805 2.10e+20 768 768
      xl-low-rank-63      985  516 1.66e+20 768 480
      xl-low-rank-32      744  275 1.29e+20 768 240
      xl-low-rank-32-self-guided 744 275 2.10e+20 768 240
      xl-block-dense-63   955  486 1.61e+20 768 450
      xl-block-dense-32   728  260 1.27e+20 768 225
      xl-block-shuffle-63 985  516 1.66e+20 768 480
      xl-block-shuffle-32 744  275 1.29e+20 768 240
      """;

  /** Experiments of several trainings; GridTest looks at them. */
  private static final Predicate<String> GRIDS =
      Pattern.compile("(scaling|seeds)(-laptop)?\\.conf").asMatchPredicate();

  private static final Path DIRECTORY = Path.of("../conf/paper");
  private static final Map<String, Integer> WIDTHS =
      Map.of("s", 768, "m", 1024, "l", 1536, "xl", 2048);
  private static final Map<String, Integer> LAYERS = Map.of("s", 12, "m", 24, "l", 24, "xl", 24);

  private record Row(
      String file, String millions, String ffnMillions, String flops, long first, long others) {
    static Row of(String line) {
      String[] cells = line.strip().split(" +", -1);
      return new Row(
          cells[0],
          cells[1],
          cells[2],
          cells[3],
          Long.parseLong(cells[4]),
          Long.parseLong(cells[5]));
    }

    String size() {
      return file.substring(0, file.indexOf('-'));
    }
  }

  static Stream<Row> rows() {
    return TABLE.lines().map(Row::of);
  }

  @Test
  void everyFileIsInTheTable() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(GRIDS.negate()))
          .containsExactlyInAnyOrderElementsOf(rows().map(row -> row.file() + ".conf").toList());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void countsWhatThePaperPrints(Row row) throws IOException {
    JsonNode plan = describe(List.of("--conf", "conf/paper/" + row.file() + ".conf"));

    assertCell(row.millions(), Math.round(plan.get("parameters").asLong() / 1e6));
    assertCell(row.ffnMillions(), Math.round(plan.get("ffnParameters").asLong() / 1e6));
    assertCell(row.flops(), flops(plan));
    long d = WIDTHS.get(row.size());
    assertThat(plan.get("ffnParameters").asLong())
        .isEqualTo((row.first() + (LAYERS.get(row.size()) - 1) * row.others()) * d * d / 96);
  }

  /** Tokens and guided shares are printed with few digits: half a percent of the FLOPs. */
  @ParameterizedTest
  @CsvSource({
    "m-wide, m-gqa",
    "l-wide, l-gqa",
    "m-wide-self-guided, m-gqa",
    "l-wide-self-guided, l-gqa",
    "s-low-rank-32-self-guided, s-dense",
    "m-low-rank-32-self-guided, m-dense",
    "l-low-rank-32-self-guided, l-dense",
    "xl-low-rank-32-self-guided, xl-dense",
  })
  void takesTheFlopsOfItsBaseline(String file, String baseline) throws IOException {
    double flops = trainingFlops("conf/paper/" + file + ".conf");
    double expected = trainingFlops("conf/paper/" + baseline + ".conf");

    assertThat(flops / expected).isBetween(0.995, 1.005);
  }

  private static double trainingFlops(String file) throws IOException {
    return describe(List.of("--conf", file)).get("trainingFlops").asDouble();
  }

  @Test
  void sizesKindsAndSchedulesAreCombinedOnTheCommandLine() throws IOException {
    JsonNode plan =
        describe(
            List.of(
                "--conf",
                "conf/paper/xl-block-dense-63.conf",
                "--conf",
                "conf/model/s.conf",
                "--conf",
                "conf/ffn/block-shuffle-32.conf",
                "--conf",
                "conf/schedule/self-guided-fixed-step.conf"));

    // 1.22e18, and half of the steps the dense networks of 11 layers: 3 * 2 * 8 d² a token.
    double guides = 0.5 * 2.2e9 * 3 * 2 * 11 * 8 * 768 * 768;
    assertThat(plan.get("trainingFlops").asDouble() - guides).isBetween(1.215e18, 1.225e18);
    assertThat(plan.get("guidedSteps").asLong()).isEqualTo(2098);
    assertThat(plan.get("repeatedSteps").asLong()).isZero();
  }

  private static void assertCell(String printed, Object counted) {
    if (!printed.equals(".")) {
      assertThat(counted).hasToString(printed);
    }
  }

  private static String flops(JsonNode plan) {
    return String.format(Locale.ROOT, "%.2e", plan.get("trainingFlops").asDouble());
  }

  private static JsonNode describe(List<String> options) throws IOException {
    String[] arguments =
        Stream.concat(Stream.of("describe", "--json"), options.stream()).toArray(String[]::new);
    return new ObjectMapper().readTree(Outcome.of(arguments).out());
  }
}
