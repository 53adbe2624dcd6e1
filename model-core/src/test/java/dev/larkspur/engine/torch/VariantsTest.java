package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.Activation;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Norm;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.Positions;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every combination of what decoders differ in: loss and gradient, in 64-bit floats. */
class VariantsTest {
  private static final double STEP = 1e-5;

  static Stream<ModelConfig> combinations() {
    return TestModels.structures()
        .flatMap(
            structure ->
                Arrays.stream(Activation.values())
                    .map(activation -> new FfnConfig(20, structure, structure, activation)))
        .flatMap(ffn -> variants().map(variant -> TestModels.tiny(ffn, variant)));
  }

  private static Stream<DecoderVariant> variants() {
    return Arrays.stream(Norm.values())
        .flatMap(
            norm ->
                Stream.of(new Positions.Rotary(100), new Positions.Learned())
                    .flatMap(
                        positions ->
                            Stream.of(true, false)
                                .flatMap(
                                    biases ->
                                        Stream.of(true, false)
                                            .map(
                                                tied ->
                                                    new DecoderVariant(
                                                        norm, 1e-5, positions, biases, tied)))));
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void lossEqualsTheReferenceAndGradientsEqualDifferences(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    Random random = new Random(3);
    try (PointerScope scope = new PointerScope();
        Replica replica = TestModels.replica(config, Precision.FP64)) {
      Tensor parameters = ((TorchVector) replica.parameters()).tensor();
      double[] values = random.doubles(replica.table().length(), -0.5, 0.5).toArray();
      set(parameters, values);
      double expected = reference(config, values, batch);
      assertThat(replica.loss(batch)).isCloseTo(expected, within(1e-8 * expected));
      assertThat(replica.accumulate(batch, 1)).isCloseTo(expected, within(1e-8 * expected));

      Tensor gradient = ((TorchVector) replica.gradient()).tensor();
      for (Parameter parameter : replica.table().parameters()) {
        double[] direction = random.doubles(parameter.size(), -1, 1).toArray();
        Tensor along = Tensor.create(direction);
        double slope =
            gradient.narrow(0, parameter.offset(), parameter.size()).dot(along).item_double();
        Tensor place = parameters.narrow(0, parameter.offset(), parameter.size());
        double ahead = lossAt(replica, batch, place, along, STEP);
        double behind = lossAt(replica, batch, place, along, -STEP);
        double difference = (ahead - behind) / (2 * STEP);
        assertThat(slope)
            .as(parameter.name())
            .isCloseTo(difference, within(1e-6 + 1e-5 * Math.abs(difference)));
      }
    }
  }

  private static double reference(ModelConfig config, double[] values, TokenBatch batch) {
    ReferenceDecoder reference = new ReferenceDecoder(config, values);
    double loss = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      int from = batch.offset(i);
      loss += reference.loss(Arrays.copyOfRange(batch.ids(), from, from + config.context() + 1));
    }
    return loss;
  }

  private static void set(Tensor parameters, double[] values) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      parameters.copy_(Tensor.create(values));
    }
  }

  /** The loss with a parameter moved along a direction, which is then moved back. */
  private static double lossAt(
      Replica replica, TokenBatch batch, Tensor place, Tensor along, double step) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      Tensor before = place.clone();
      place.add_(along, new Scalar(step));
      double loss = replica.loss(batch);
      place.copy_(before);
      return loss;
    }
  }
}
