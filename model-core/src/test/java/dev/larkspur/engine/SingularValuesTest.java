package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.SingularValues.ChiSquared;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SingularValuesTest {
  private static final int DRAWS = 4_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 3000})
  void chiSquaredHasMeanAndVarianceOfItsDegrees(int degrees) {
    ChiSquared random = new ChiSquared(GaussianStream.of(degrees, "x"));
    int draws = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double difference = random.next(degrees) - degrees;
      sum += difference;
      squares += difference * difference;
    }
    // The fourth central moment of χ² is 12 k (k + 4).
    double error = 5 / Math.sqrt(draws);
    assertThat(sum / draws).isCloseTo(0, within(error * Math.sqrt(2.0 * degrees)));
    double fourth = 12.0 * degrees * (degrees + 4) - 4.0 * degrees * degrees;
    assertThat(squares / draws).isCloseTo(2 * degrees, within(error * Math.sqrt(fourth)));
  }

  @Test
  void eigenvaluesAreThoseOfAKnownMatrix() {
    // The second difference: 2 − 2 cos(k π / (n + 1)).
    int n = 50;
    double[] diagonal = new double[n];
    double[] beside = new double[n];
    Arrays.fill(diagonal, 2);
    Arrays.fill(beside, -1);
    SingularValues.eigenvalues(diagonal, beside);
    Arrays.sort(diagonal);
    for (int k = 1; k <= n; k++) {
      double expected = 2 - 2 * Math.cos(k * Math.PI / (n + 1));
      assertThat(diagonal[k - 1]).isCloseTo(expected, within(1e-13));
    }
  }

  /** Means and variances of each singular value against those of decomposed Gaussian matrices. */
  @ParameterizedTest
  @CsvSource({"7,4,4", "4,7,2", "5,5,5", "3,1,1"})
  void valuesAreDistributedAsThoseOfGaussianMatrices(int out, int in, int count) {
    double[][] drawn = new double[DRAWS][];
    double[][] decomposed = new double[DRAWS][];
    for (int i = 0; i < DRAWS; i++) {
      drawn[i] = SingularValues.largest(GaussianStream.of(i, "drawn"), out, in, count);
      float[] matrix = new float[out * in];
      GaussianStream.of(i, "decomposed").fill(0, 1, matrix);
      decomposed[i] = decomposed(matrix, out, in);
    }
    for (int value = 0; value < count; value++) {
      double[] expected = meanAndVariance(decomposed, value);
      double[] actual = meanAndVariance(drawn, value);
      double error = 5 * Math.sqrt(2.0 / DRAWS);
      assertThat(actual[0]).isCloseTo(expected[0], within(error * Math.sqrt(expected[1])));
      // The standard error of a variance is about √2 of it.
      assertThat(actual[1] / expected[1]).isCloseTo(1, within(Math.sqrt(2) * error));
    }
  }

  private static double[] meanAndVariance(double[][] draws, int value) {
    double mean = Arrays.stream(draws).mapToDouble(draw -> draw[value]).average().orElseThrow();
    double variance =
        Arrays.stream(draws)
            .mapToDouble(draw -> Math.pow(draw[value] - mean, 2))
            .average()
            .orElseThrow();
    return new double[] {mean, variance};
  }

  /** Singular values, descending, by Jacobi's rotations of the columns (Hestenes 1958). */
  private static double[] decomposed(float[] matrix, int out, int in) {
    double[][] columns = new double[in][out];
    for (int i = 0; i < matrix.length; i++) {
      columns[i % in][i / in] = matrix[i];
    }
    for (int sweep = 0; sweep < 12; sweep++) {
      for (int a = 0; a < in; a++) {
        for (int b = a + 1; b < in; b++) {
          rotate(columns[a], columns[b]);
        }
      }
    }
    return Arrays.stream(columns)
        .map(column -> -Math.sqrt(dot(column, column)))
        .sorted()
        .mapToDouble(length -> -length)
        .toArray();
  }

  private static void rotate(double[] a, double[] b) {
    double angle = 0.5 * Math.atan2(2 * dot(a, b), dot(a, a) - dot(b, b));
    for (int i = 0; i < a.length; i++) {
      double turned = Math.cos(angle) * a[i] + Math.sin(angle) * b[i];
      b[i] = Math.cos(angle) * b[i] - Math.sin(angle) * a[i];
      a[i] = turned;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
