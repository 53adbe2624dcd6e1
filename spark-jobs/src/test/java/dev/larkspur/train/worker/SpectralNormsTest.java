package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpectralNormsTest {
  private final Random random = new Random(3);

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 3", "40, 64", "64, 40", "96, 96"})
  void isTheLargestSingularValue(int out, int in) {
    float[] matrix = matrix(out, in);
    double[][] rows = new double[out][in];
    for (int i = 0; i < matrix.length; i++) {
      rows[i / in][i % in] = matrix[i];
    }
    double expected = new SingularValueDecomposition(new Array2DRowRealMatrix(rows)).getNorm();

    double[] v = IntStream.range(0, in).mapToDouble(i -> random.nextGaussian()).toArray();
    assertThat(SpectralNorms.norm(matrix, v)).isCloseTo(expected, within(2e-3 * expected));
    // From where it ended, as after a few more steps of a training.
    assertThat(SpectralNorms.norm(matrix, v)).isCloseTo(expected, within(1e-3 * expected));
  }

  @Test
  void ofZerosIsZero() {
    assertThat(SpectralNorms.norm(new float[6], new double[] {1, 1, 1})).isZero();
  }

  private float[] matrix(int out, int in) {
    float[] values = new float[out * in];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
