package dev.larkspur.engine.contract;

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
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Initial parameters follow the paper and the seed. */
public abstract class InitialValuesContract extends EngineContract {

  static Stream<FfnStructure> structures() {
    return Stream.of(
        new FfnStructure.LowRank(16),
        new FfnStructure.BlockDense(4, 16),
        new FfnStructure.BlockShuffle(4));
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.InitialValuesContract#structures")
  void valuesFollowThePaperAndTheSeed(FfnStructure structure) {
    ModelConfig config =
        ModelConfig.paper(
            500, 8, 64, 2, new AttentionConfig(64, 4, 4), FfnConfig.paper(256, structure));
    try (Replica one = replica(config, Precision.FP32);
        Replica same = replica(config, Precision.FP32);
        Replica other = replica(config, Precision.FP32)) {
      one.initialize(1005);
      same.initialize(1005);
      other.initialize(1006);
      assertThat(values(one.parameters())).isEqualTo(values(same.parameters()));
      assertThat(values(one.parameters())).isNotEqualTo(values(other.parameters()));

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
          case ORTHOGONAL -> {
            int dims = parameter.shape().size();
            int out = parameter.shape().get(dims - 2);
            int in = parameter.shape().get(dims - 1);
            for (int block = 0; block < values.length / out / in; block++) {
              assertOrthonormal(values, block, out, in);
            }
          }
          case SVD_LEFT -> assertFactors(one, parameter, values);
          case SVD_RIGHT, GUIDE -> assertThat(squares).isPositive();
        }
      }
    }
  }

  /** Uᵀ U = V Vᵀ is the diagonal matrix of the singular values, which descend. */
  private static void assertFactors(Replica replica, Parameter left, float[] u) {
    Parameter right = replica.table().parameter(left.name().replace(".u.", ".v."));
    float[] v = new float[(int) right.size()];
    replica.parameters().read(right.offset(), FloatBuffer.wrap(v));
    int out = left.shape().get(0);
    int matrixRank = left.shape().get(1);
    int in = right.shape().get(1);
    // Singular values of a Gaussian matrix are mostly below std (√out + √in).
    double before = 1.2 * 0.02 * (Math.sqrt(out) + Math.sqrt(in));
    for (int a = 0; a < matrixRank; a++) {
      double value = product(u, u, a, a, out, matrixRank);
      assertThat(value).isBetween(0.5 * before, before);
      for (int b = 0; b < matrixRank; b++) {
        double expected = a == b ? value : 0;
        assertThat(product(u, u, a, b, out, matrixRank)).isCloseTo(expected, within(1e-5));
        assertThat(product(v, v, a, b, matrixRank, in)).isCloseTo(expected, within(1e-5));
      }
      before = value;
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
}
