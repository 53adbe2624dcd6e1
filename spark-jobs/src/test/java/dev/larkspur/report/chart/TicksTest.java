package dev.larkspur.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.report.chart.LineChart.Scale;
import dev.larkspur.report.chart.Ticks.Tick;
import dev.larkspur.report.chart.Ticks.TickLabels;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0      | 1      | LINEAR | 0 0.2 0.4 0.6 0.8 1
          -3     | 3      | LINEAR | -3 -2 -1 0 1 2 3
          2.31   | 2.62   | LINEAR | 2.4 2.5 2.6
          0      | 3.1e6  | LINEAR | 0 10⁶ 2·10⁶ 3·10⁶
          1      | 100    | LOG    | 1 2 5 10 20 50 100
          3      | 40     | LOG    | 5 10 20
          1e12   | 1e16   | LOG    | 10¹² 10¹³ 10¹⁴ 10¹⁵ 10¹⁶
          2e-6   | 3e-4   | LOG    | 2·10⁻⁶ 5·10⁻⁶ 10⁻⁵ 2·10⁻⁵ 5·10⁻⁵ 10⁻⁴ 2·10⁻⁴
          2.4    | 3.4    | LOG    | 2.4 2.6 2.8 3 3.2 3.4
          1      | 1e26   | LOG    | 1 100 10000 10⁶ 10⁸ 10¹⁰ 10¹² 10¹⁴ 10¹⁶ 10¹⁸ 10²⁰ 10²² 10²⁴ 10²⁶
          """)
  void areAtOneTwoAndFive(double least, double most, Scale scale, String labels) {
    assertThat(
            Ticks.of(least, most, scale).stream().map(Tick::label).collect(Collectors.joining(" ")))
        .isEqualTo(labels);
  }

  @ParameterizedTest
  @CsvSource({"0.001, 0.001", "0.0009, 9·10⁻⁴", "99999, 99999", "-200000, -2·10⁵", "-100000, -10⁵"})
  void longNumbersArePowersOfTen(double value, String label) {
    assertThat(TickLabels.of(value)).isEqualTo(label);
  }
}
