package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.report.LossPlot.Style;
import dev.larkspur.report.chart.LineChart.Series.Point;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossPlotTest {
  private static final List<Point> FALLING =
      IntStream.rangeClosed(0, 9).mapToObj(i -> new Point(10 * (i + 1), 9 - i)).toList();

  @Test
  void inAsciiALineFallsFromTheGreatestToTheLeastLoss() {
    assertThat(LossPlot.of(FALLING, Style.ASCII, 31).lines())
        .containsExactly(
            "    9.00 |  *",
            "         |   **",
            "         |     **",
            "         |       **",
            "         |         **",
            "         |           **",
            "         |             **",
            "         |               **",
            "         |                 **",
            "    0.00 |                   **",
            "         +---------------------",
            "                       step 100");
  }

  @ParameterizedTest
  @EnumSource
  void keepsToTheWidthOfTheTerminal(Style style) {
    for (int columns : new int[] {20, 40, 79, 200}) {
      assertThat(LossPlot.of(FALLING, style, columns).lines())
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Math.min(columns, 82)));
    }
  }

  @Test
  void plainStyleHasNoOtherCharacters() {
    assertThat(
            StandardCharsets.US_ASCII.newEncoder().canEncode(LossPlot.of(FALLING, Style.ASCII, 80)))
        .isTrue();
    assertThat(LossPlot.of(FALLING, Style.BRAILLE, 80)).containsPattern("[\\u2801-\\u28ff]");
  }

  @Test
  void whatIsNotFiniteIsLeftOut() {
    List<Point> losses =
        List.of(
            new Point(1, Double.NaN), new Point(2, 4), new Point(3, 4), new Point(4, Double.NaN));
    assertThat(LossPlot.of(losses, Style.ASCII, 40)).contains("4.00", "step 3", "*");
    assertThat(LossPlot.of(losses.subList(0, 2), Style.ASCII, 40)).isEmpty();
  }
}
