package dev.larkspur.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.larkspur.report.chart.BarChart.Bars;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarChartTest {

  @Test
  void lengthsAreInProportion() {
    String svg =
        new BarChart(
                "a & b",
                List.of(
                    new Bars("first", List.of(new Bars.Bar("x", 2, "2.0"))),
                    new Bars(
                        "second",
                        List.of(new Bars.Bar("x", 1, "1.0"), new Bars.Bar("y", 0, "none")))))
            .svg();

    assertThat(svg).contains("<title>a &amp; b</title>", ">first<", ">none<");
    assertThat(svg.lines().filter(line -> line.contains("class=\"mark\"")))
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).contains("width=\"430.00\"", "c0"),
            line -> assertThat(line).contains("width=\"215.00\"", "c0"),
            line -> assertThat(line).contains("width=\"0.00\"", "c1"));
  }

  @Test
  void nothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new BarChart("t", List.of()).svg());
  }
}
