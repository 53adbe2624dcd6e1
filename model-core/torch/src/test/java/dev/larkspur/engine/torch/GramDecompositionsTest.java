package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GramDecompositionsTest {

  @ParameterizedTest
  @CsvSource({"40,24", "24,40", "24,24"})
  void factorsAreTheBestApproximationAndShareTheirWeight(int out, int in) {
    int rank = 7;
    float[] w = random(out, in);
    float[] u = new float[out * rank];
    float[] v = new float[rank * in];
    new GramDecompositions().split(w, out, in, rank, u, v);

    // Columns of U and rows of V are orthogonal, with squared norms equal to the singular value on
    // both sides.
    for (int a = 0; a < rank; a++) {
      for (int b = 0; b < rank; b++) {
        double uu = 0;
        for (int i = 0; i < out; i++) {
          uu += u[i * rank + a] * u[i * rank + b];
        }
        double vv = 0;
        for (int i = 0; i < in; i++) {
          vv += v[a * in + i] * v[b * in + i];
        }
        assertThat(uu).isCloseTo(vv, within(1e-5));
        if (a != b) {
          assertThat(uu).isCloseTo(0, within(1e-5));
        }
      }
    }
    // A best approximation leaves a rest that is orthogonal to it (Eckart and Young), and no larger
    // direction in it.
    double restInU = 0;
    double rest = 0;
    double approximation = 0;
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        double product = 0;
        for (int k = 0; k < rank; k++) {
          product += u[i * rank + k] * v[k * in + j];
        }
        restInU += product * (w[i * in + j] - product);
        rest += Math.pow(w[i * in + j] - product, 2);
        approximation += product * product;
      }
    }
    assertThat(restInU).isCloseTo(0, within(1e-6));
    assertThat(approximation / rank).isGreaterThan(rest / (Math.min(out, in) - rank));
  }

  @ParameterizedTest
  @CsvSource({"40,24", "24,40", "24,24"})
  void polarFactorsKeepTheDirectionsAndLoseTheLengths(int out, int in) {
    float[] w = random(out, in);
    float[] polar = w.clone();
    new GramDecompositions().polarFactor(polar, out, in);

    assertOrthonormal(polar, 0, out, in);
    // W = H·Q with Q the polar factor has a symmetric H = W Qᵀ, or its mirror image Qᵀ W.
    int small = Math.min(out, in);
    for (int a = 0; a < small; a++) {
      for (int b = 0; b < small; b++) {
        assertThat(product(w, polar, a, b, out, in))
            .isCloseTo(product(w, polar, b, a, out, in), within(1e-5));
      }
      assertThat(product(w, polar, a, a, out, in)).isPositive();
    }
  }

  /** Element (a, b) of the smaller of X Yᵀ and Xᵀ Y. */
  private static double product(float[] x, float[] y, int a, int b, int out, int in) {
    double sum = 0;
    for (int k = 0; k < Math.max(out, in); k++) {
      sum += out > in ? x[k * in + a] * y[k * in + b] : x[a * in + k] * y[b * in + k];
    }
    return sum;
  }

  private static void assertOrthonormal(float[] blocks, int block, int out, int in) {
    float[] q = Arrays.copyOfRange(blocks, block * out * in, (block + 1) * out * in);
    for (int a = 0; a < Math.min(out, in); a++) {
      for (int b = 0; b < Math.min(out, in); b++) {
        assertThat(product(q, q, a, b, out, in)).isCloseTo(a == b ? 1 : 0, within(1e-5));
      }
    }
  }

  private static float[] random(int out, int in) {
    float[] w = new float[out * in];
    Random random = new Random(5);
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (0.02 * random.nextGaussian());
    }
    return w;
  }
}
