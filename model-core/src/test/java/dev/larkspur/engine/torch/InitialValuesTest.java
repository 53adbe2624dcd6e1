package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitialValuesTest {

  @ParameterizedTest
  @CsvSource({"40,24", "24,40", "24,24"})
  void factorsAreTheBestApproximationAndShareTheirWeight(int out, int in) {
    int rank = 7;
    float[] w = new float[out * in];
    Random random = new Random(5);
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (0.02 * random.nextGaussian());
    }
    float[] u = new float[out * rank];
    float[] v = new float[rank * in];
    new SymmetricSvd().split(w, out, in, rank, u, v);

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

  @Test
  void valuesFollowThePaperAndTheSeed() {
    ModelConfig config =
        new ModelConfig(
            500,
            8,
            64,
            2,
            new AttentionConfig(64, 4, 4),
            new FfnConfig(256, new FfnStructure.LowRank(16), TestModels.DENSE),
            1e4,
            1e-5,
            0.02);
    try (Replica one = TestModels.replica(config, Precision.FP32);
        Replica same = TestModels.replica(config, Precision.FP32);
        Replica other = TestModels.replica(config, Precision.FP32)) {
      one.initialize(1005);
      same.initialize(1005);
      other.initialize(1006);
      assertThat(UpdateTest.values(one.parameters()))
          .isEqualTo(UpdateTest.values(same.parameters()));
      assertThat(UpdateTest.values(one.parameters()))
          .isNotEqualTo(UpdateTest.values(other.parameters()));

      for (Parameter parameter : one.table().parameters()) {
        float[] values = new float[(int) parameter.size()];
        one.parameters().read(parameter.offset(), FloatBuffer.wrap(values));
        double sum = 0;
        double squares = 0;
        for (float value : values) {
          sum += value;
          squares += value * value;
        }
        switch (parameter.init()) {
          case ZEROS -> assertThat(squares).isZero();
          case ONES -> assertThat(sum).isEqualTo(values.length);
          case NORMAL -> {
            assertThat(Math.sqrt(squares / values.length)).isCloseTo(0.02, within(0.001));
            assertThat(sum / values.length).isCloseTo(0, within(0.001));
          }
          default -> assertThat(squares).isPositive();
        }
      }
    }
  }
}
