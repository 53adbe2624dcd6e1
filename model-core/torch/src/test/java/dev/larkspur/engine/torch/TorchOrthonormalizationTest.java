package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchOrthonormalizationTest {

  @ParameterizedTest
  @CsvSource({"60,24", "24,60", "40,24", "24,40", "24,24"})
  void resultIsQOfTheDecompositionWithAPositiveDiagonal(int rows, int columns) {
    float[] w = random(rows, columns);
    float[] q = w.clone();
    new TorchOrthonormalization().apply(q, rows, columns);

    int small = Math.min(rows, columns);
    for (int a = 0; a < small; a++) {
      for (int b = 0; b < small; b++) {
        assertThat(product(q, q, a, b, rows, columns)).isCloseTo(a == b ? 1 : 0, within(1e-6));
        // Qᵀ W = R is upper triangular, for tall matrices; W Qᵀ = Rᵀ otherwise.
        double r = product(q, w, a, b, rows, columns);
        if (a > b) {
          assertThat(r).isCloseTo(0, within(1e-6));
        }
        if (a == b) {
          assertThat(r).isPositive();
        }
      }
    }
  }

  /** Element (a, b) of the smaller of X Yᵀ and Xᵀ Y. */
  private static double product(float[] x, float[] y, int a, int b, int rows, int columns) {
    double sum = 0;
    for (int k = 0; k < Math.max(rows, columns); k++) {
      sum +=
          rows > columns
              ? (double) x[k * columns + a] * y[k * columns + b]
              : (double) x[a * columns + k] * y[b * columns + k];
    }
    return sum;
  }

  private static float[] random(int rows, int columns) {
    float[] w = new float[rows * columns];
    Random random = new Random(5);
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (0.02 * random.nextGaussian());
    }
    return w;
  }
}
