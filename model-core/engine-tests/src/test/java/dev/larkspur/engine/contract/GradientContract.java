package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient against central differences of the loss, in 64-bit floats: of a dense model every
 * element, of the structured ones those that are different there.
 */
public abstract class GradientContract extends EngineContract {
  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.TestModels#structures")
  void gradientEqualsCentralDifferences(FfnStructure structure) {
    boolean dense = structure.equals(TestModels.DENSE);
    ModelConfig config = dense ? TestModels.tiniest() : TestModels.tiny(structure);
    TokenBatch batch = TestModels.randomBatch(config, 3, 1);
    double weight = 1.0 / batch.tokens();
    try (Replica replica = replica(config, Precision.FP64)) {
      replica.initialize(7);
      leaveTheSymmetricStart(replica);
      replica.accumulate(batch, weight);
      float[] gradient = floats(replica.gradient(), 0);

      List<Parameter> checked =
          replica.table().parameters().stream()
              .filter(p -> dense || p.name().contains("1.ffn."))
              .toList();
      for (Parameter parameter : checked) {
        for (long i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
          double difference = Directions.difference(replica, batch, i, 1) * weight;
          assertThat((double) gradient[(int) i])
              .as("%s[%d]", parameter.name(), i - parameter.offset())
              .isCloseTo(difference, within(1e-8 + 1e-5 * Math.abs(difference)));
        }
      }
    }
  }

  /** Zero biases and tiny weights hide wrong gradients: every parameter gets a value of its own. */
  private static void leaveTheSymmetricStart(Replica replica) {
    double[] noise = Directions.random(replica.table().length(), 0.3);
    double[] values = values(replica.parameters());
    for (int i = 0; i < values.length; i++) {
      noise[i] += Math.rint(values[i] * 0x1p20) / 0x1p20;
    }
    Directions.set(replica, noise);
  }
}
