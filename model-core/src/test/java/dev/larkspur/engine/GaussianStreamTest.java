package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tolerances are five standard errors. */
class GaussianStreamTest {
  private static final int DRAWN = 1 << 20;

  @Test
  void momentsAreThoseOfTheNormalDistribution() {
    float[] values = drawn(GaussianStream.of(1005, "a"));
    double[] moments = new double[5];
    for (float value : values) {
      for (int power = 1; power <= 4; power++) {
        moments[power] += Math.pow(value, power) / DRAWN;
      }
    }
    double error = 5 / Math.sqrt(DRAWN);
    assertThat(moments[1]).isCloseTo(0, within(error));
    assertThat(moments[2]).isCloseTo(1, within(Math.sqrt(2) * error));
    assertThat(moments[3]).isCloseTo(0, within(Math.sqrt(15) * error));
    assertThat(moments[4]).isCloseTo(3, within(Math.sqrt(96) * error));
  }

  /** Kolmogorov and Smirnov's test; 1.95 / √n is exceeded once in a thousand times. */
  @Test
  void distributionIsNormal() {
    float[] values = drawn(GaussianStream.of(7, "b"));
    Arrays.sort(values);
    double largest = 0;
    for (int i = 0; i < DRAWN; i++) {
      double p = probabilityBelow(values[i]);
      largest = Math.max(largest, Math.max((i + 1.0) / DRAWN - p, p - (double) i / DRAWN));
    }
    assertThat(largest).isLessThan(1.95 / Math.sqrt(DRAWN));
  }

  /** Those beyond the ziggurat's layers, which are 2.6 in 10,000. */
  @Test
  void tailsAreNormal() {
    GaussianStream stream = GaussianStream.of(3, "c");
    int[] beyond = new int[2];
    float[] values = new float[DRAWN];
    for (int part = 0; part < 4; part++) {
      stream.fill((long) part * DRAWN, 1, values);
      for (float value : values) {
        if (Math.abs(value) > 3.7) {
          beyond[value > 0 ? 1 : 0]++;
        }
      }
    }
    double expected = 4.0 * DRAWN * probabilityBelow(-3.7);
    for (int side : beyond) {
      assertThat((double) side).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
  }

  @Test
  void neighboursAreIndependent() {
    float[] values = drawn(GaussianStream.of(1, "layers.0.weight"));
    float[] name = drawn(GaussianStream.of(1, "layers.1.weight"));
    float[] seed = drawn(GaussianStream.of(2, "layers.0.weight"));
    double error = 5 / Math.sqrt(DRAWN);
    assertThat(correlation(values, 0, name)).isCloseTo(0, within(error));
    assertThat(correlation(values, 0, seed)).isCloseTo(0, within(error));
    for (int lag : new int[] {1, 2, 3, 64, 4096}) {
      assertThat(correlation(values, lag, values)).isCloseTo(0, within(error));
    }
    // Squares of normal variables have a variance of 2.
    assertThat(correlation(squares(values), 1, squares(values)) / 2).isCloseTo(0, within(error));
  }

  /** The bits are part of what a seed means: a change of them must be told to users. */
  @Test
  void bitsAreFixed() {
    float[] values = drawn(GaussianStream.of(1005, "embedding.weight"));
    assertThat(Arrays.hashCode(values)).isEqualTo(-620413783);
  }

  @Test
  void numbersDoNotDependOnWhereReadingBegins() {
    GaussianStream stream = GaussianStream.of(5, "d");
    float[] whole = new float[10_001];
    stream.fill(0, 0.02, whole);
    for (int from : new int[] {1, 2, 4095, 4096, 9_999}) {
      float[] rest = new float[whole.length - from];
      stream.fill(from, 0.02, rest);
      assertThat(rest).isEqualTo(Arrays.copyOfRange(whole, from, whole.length));
      assertThat((float) (0.02 * stream.at(from))).isEqualTo(whole[from]);
    }
  }

  private static float[] drawn(GaussianStream stream) {
    float[] values = new float[DRAWN];
    stream.fill(0, 1, values);
    return values;
  }

  private static float[] squares(float[] values) {
    float[] squares = new float[values.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = values[i] * values[i] - 1;
    }
    return squares;
  }

  private static double correlation(float[] x, int lag, float[] y) {
    double sum = 0;
    for (int i = lag; i < x.length; i++) {
      sum += x[i] * y[i - lag];
    }
    return sum / (x.length - lag);
  }

  /** Abramowitz and Stegun's series 26.2.10, and beyond 3 the continued fraction 26.2.14. */
  private static double probabilityBelow(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (Math.abs(x) > 3) {
      double fraction = Math.abs(x);
      for (int k = 60; k > 0; k--) {
        fraction = Math.abs(x) + k / fraction;
      }
      return x < 0 ? density / fraction : 1 - density / fraction;
    }
    double term = x;
    double sum = x;
    for (int k = 3; k < 120; k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
}
