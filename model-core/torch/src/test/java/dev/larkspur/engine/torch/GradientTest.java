package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient against central differences of the loss, in 64-bit floats: of a dense model every
 * element, of the structured ones those that are different there.
 */
class GradientTest {
  private static final double STEP = 1e-5;

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.torch.TestModels#structures")
  void gradientEqualsCentralDifferences(FfnStructure structure) {
    ModelConfig config = TestModels.tiny(structure);
    TokenBatch batch = TestModels.randomBatch(config, 3, 1);
    double weight = 1.0 / batch.tokens();
    try (Replica replica = TestModels.replica(config, Precision.FP64)) {
      replica.initialize(7);
      Tensor parameters = tensor(replica.parameters());
      leaveTheSymmetricStart(parameters);
      replica.accumulate(batch, weight);
      Tensor gradient = tensor(replica.gradient());

      List<Parameter> checked =
          replica.table().parameters().stream()
              .filter(p -> structure.equals(TestModels.DENSE) || p.name().contains("1.ffn."))
              .toList();
      for (Parameter parameter : checked) {
        for (long i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
          double difference =
              (lossWith(replica, parameters, batch, i, STEP)
                      - lossWith(replica, parameters, batch, i, -STEP))
                  * weight
                  / (2 * STEP);
          assertThat(gradient.select(0, i).item_double())
              .as("%s[%d]", parameter.name(), i - parameter.offset())
              .isCloseTo(difference, within(1e-8 + 1e-5 * Math.abs(difference)));
        }
      }
    }
  }

  /** Zero biases and tiny weights hide wrong gradients: every parameter gets a value of its own. */
  private static void leaveTheSymmetricStart(Tensor parameters) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      Random random = new Random(3);
      double[] noise = random.doubles(parameters.numel(), -0.3, 0.3).toArray();
      parameters.add_(Tensor.create(noise));
    }
  }

  private static double lossWith(
      Replica replica, Tensor parameters, TokenBatch batch, long index, double change) {
    Tensor element = parameters.narrow(0, index, 1);
    double before = element.item_double();
    element.add_(new Scalar(change));
    double loss = replica.loss(batch);
    element.fill_(new Scalar(before));
    return loss;
  }

  private static Tensor tensor(dev.larkspur.tensor.FlatVector vector) {
    return ((TorchVector) vector).tensor();
  }
}
