package dev.larkspur.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.scaling.Results.Spread;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerLawTest {
  /** FLOPs of one kind in the sizes s, m, l, xl. */
  private static final List<Double> DENSE_FLOPS = List.of(1.69e18, 1.55e19, 7.03e19, 2.10e20);

  /** Perplexities read off the paper's table and figure, and the exponents that it prints. */
  @ParameterizedTest
  @CsvSource({
    "0.0535, 1.69e18, 25.96, 1.55e19, 18.29, 7.03e19, 14.29, 2.10e20, 12.46",
    "0.0547, 1.44e18, 27.15, 1.26e19, 19.16, 5.61e19, 14.82, 1.66e20, 12.86",
    "0.0561, 1.22e18, 29.20, 1.02e19, 20.59, 4.42e19, 15.69, 1.29e20, 13.55",
  })
  void findsTheExponentsOfThePaper(
      double exponent,
      double s,
      double ofS,
      double m,
      double ofM,
      double l,
      double ofL,
      double xl,
      double ofXl) {
    PowerLaw law =
        PowerLaw.fit(
                List.of(
                    result("dense", 1, s, Math.log(ofS)),
                    result("dense", 1, m, Math.log(ofM)),
                    result("dense", 1, l, Math.log(ofL)),
                    result("dense", 1, xl, Math.log(ofXl))))
            .orElseThrow();

    assertThat(law.slope().exponent()).isCloseTo(exponent, within(0.0005));
    assertThat(exponent).isBetween(law.slope().exponentLow(), law.slope().exponentHigh());
  }

  @Test
  void anExactLawIsFoundWithoutAnError() {
    PowerLaw law = PowerLaw.fit(along(30, 0.07, new double[4])).orElseThrow();

    assertThat(law.coefficient()).isCloseTo(30, within(1e-9));
    assertThat(law.slope().exponent()).isCloseTo(0.07, within(1e-12));
    assertThat(law.slope().exponentHigh() - law.slope().exponentLow()).isLessThan(1e-9);
    assertThat(law.loss(1e18)).isCloseTo(30 * Math.pow(1e18, -0.07), within(1e-9));
  }

  /**
   * Against statsmodels-like arithmetic by hand: x = ln C, y = ln loss + deviation, Sxx and the
   * residuals as in any textbook, and t(0.975, 2) = 4.30265.
   */
  @Test
  void intervalsAreStudents() {
    double[] deviations = {0.01, -0.02, 0.03, -0.01};
    PowerLaw law = PowerLaw.fit(along(30, 0.07, deviations)).orElseThrow();
    double[] x = DENSE_FLOPS.stream().mapToDouble(Math::log).toArray();
    double mean = (x[0] + x[1] + x[2] + x[3]) / 4;
    double sxx = 0;
    double slope = 0;
    for (int i = 0; i < 4; i++) {
      sxx += (x[i] - mean) * (x[i] - mean);
    }
    for (int i = 0; i < 4; i++) {
      slope += (x[i] - mean) * deviations[i] / sxx;
    }
    double squares = 0;
    double meanDeviation = 0.0025;
    for (int i = 0; i < 4; i++) {
      double residual = deviations[i] - meanDeviation - slope * (x[i] - mean);
      squares += residual * residual;
    }
    double deviation = Math.sqrt(squares / 2);
    double half = 4.30265 * deviation / Math.sqrt(sxx);

    assertThat(law.slope().exponent()).isCloseTo(0.07 - slope, within(1e-9));
    assertThat(law.slope().exponentLow()).isCloseTo(0.07 - slope - half, within(1e-6));
    assertThat(law.slope().exponentHigh()).isCloseTo(0.07 - slope + half, within(1e-6));
    double inTheMiddle = Math.exp(mean);
    assertThat(law.interval(inTheMiddle).high())
        .isCloseTo(law.loss(inTheMiddle) * Math.exp(4.30265 * deviation / 2), within(1e-5));
    assertThat(law.interval(2.1e20).low()).isLessThan(law.loss(2.1e20));
  }

  @Test
  void twoSizesAreNoLaw() {
    assertThat(PowerLaw.fit(along(30, 0.07, new double[4]).subList(0, 2))).isEmpty();
    RunResult one = result("dense", 1, 1e18, 3);
    assertThat(PowerLaw.fit(List.of(one, one, one, one))).isEmpty();
  }

  @Test
  void spreadsPairSeeds() {
    List<Spread> spreads =
        Spread.of(
            List.of(
                result("dense", 1, 1e18, 3.0),
                result("dense", 2, 1e18, 3.2),
                result("dense", 3, 1e18, 3.4),
                result("low", 1, 1e18, 3.1),
                result("low", 2, 1e18, 3.4),
                result("low", 3, 1e18, 3.5)));

    assertThat(spreads).hasSize(2);
    assertThat(spreads.get(0).losses().loss()).isCloseTo(3.2, within(1e-12));
    assertThat(spreads.get(0).losses().lossDeviation()).isCloseTo(0.2, within(1e-12));
    assertThat(spreads.get(0).distance().aboveFirst()).isNull();
    // Differences 0.1, 0.2, 0.1: deviation 0.057735, t(0.975, 2) = 4.30265.
    assertThat(spreads.get(1).distance().aboveFirst()).isCloseTo(0.4 / 3, within(1e-12));
    assertThat(spreads.get(1).distance().aboveFirstHalfWidth())
        .isCloseTo(4.30265 * 0.0577350 / Math.sqrt(3), within(1e-5));
    assertThat(Spread.of(List.of(result("dense", 1, 1e18, 3.0)))).isEmpty();
  }

  private static List<RunResult> along(double coefficient, double exponent, double[] deviations) {
    return IntStream.range(0, DENSE_FLOPS.size())
        .mapToObj(
            i ->
                result(
                    "dense",
                    1,
                    DENSE_FLOPS.get(i),
                    coefficient
                        * Math.pow(DENSE_FLOPS.get(i), -exponent)
                        * Math.exp(deviations[i])))
        .toList();
  }

  private static RunResult result(String kind, long seed, double flops, double loss) {
    return new RunResult(
        new RunResult.TrainedModel("s", kind, seed),
        new RunResult.Cost(1, 1, 1, flops),
        loss,
        Math.exp(loss),
        600,
        1,
        new RunResult.Machine("torch", "cpu", "fp32"));
  }
}
