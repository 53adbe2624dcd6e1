package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.contract.ExplicitMatrix;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each structured product against the dense matrix that it stands for. */
class ProjectionTest {
  static Stream<FfnStructure> structures() {
    return Stream.of(
        new FfnStructure.Dense(),
        new FfnStructure.LowRank(5),
        new FfnStructure.BlockDense(1, 4),
        new FfnStructure.BlockDense(2, 6),
        new FfnStructure.BlockDense(4, 8),
        new FfnStructure.BlockShuffle(1),
        new FfnStructure.BlockShuffle(2),
        // Blocks of 3 inner features, which do not go evenly to all 4.
        new FfnStructure.BlockShuffle(4));
  }

  @ParameterizedTest
  @MethodSource("structures")
  void equalsItsExplicitMatrix(FfnStructure structure) {
    ModelConfig config =
        ModelConfig.paper(
            3, 2, 12, 2, new AttentionConfig(4, 2, 2), FfnConfig.paper(20, structure));
    ParameterTable table = ParameterTable.of(config);
    double[] values = new Random(3).doubles(table.length(), -1, 1).toArray();
    TorchDevice device = TorchDevice.open(Device.cpu(1));
    try (PointerScope scope = new PointerScope()) {
      Weights weights = weights(table, Tensor.create(values), device);
      // Matrices of decoding are stored by column, and one token is multiplied as a vector.
      for (Weights each : List.of(weights, weights.frozen(ScalarType.Double, device))) {
        for (int tokens : new int[] {1, 5}) {
          check(each, table, values, "layers.1.ffn.up", tokens, 12);
          check(each, table, values, "layers.1.ffn.down", tokens, 20);
        }
      }
    }
  }

  private static Weights weights(ParameterTable table, Tensor values, TorchDevice device) {
    return new Weights(table, values, device.zeros(ScalarType.Double, table.length()), values);
  }

  private static void check(
      Weights weights, ParameterTable table, double[] values, String name, int tokens, int in) {
    double[][] matrix = ExplicitMatrix.of(table, values, name);
    double[] x = new Random(4).doubles((long) tokens * in, -1, 1).toArray();
    int bias = (int) table.parameter(name + ".bias").offset();
    double[] expected = new double[tokens * matrix.length];
    for (int t = 0; t < tokens; t++) {
      for (int o = 0; o < matrix.length; o++) {
        double sum = values[bias + o];
        for (int i = 0; i < in; i++) {
          sum += matrix[o][i] * x[t * in + i];
        }
        expected[t * matrix.length + o] = sum;
      }
    }
    Tensor y = Projection.of(weights, name).apply(Tensor.create(x, tokens, in));
    assertThat(y.sizes().vec().get()).containsExactly(tokens, matrix.length);
    double[] actual = new double[expected.length];
    torch.flatten(y).contiguous().data_ptr_double().get(actual);
    assertThat(actual).containsExactly(expected, within(1e-12));
  }
}
