package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Positions;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every combination of what decoders differ in: loss and gradient, in 64-bit floats. */
public abstract class VariantsContract extends EngineContract {
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
  @MethodSource("dev.larkspur.engine.contract.VariantsContract#combinations")
  void lossEqualsTheReferenceAndGradientsEqualDifferences(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = replica(config, Precision.FP64)) {
      double[] values = Directions.random(replica.table().length(), 0.5);
      Directions.set(replica, values);
      double expected = new ReferenceDecoder(config, values).loss(batch);
      assertThat(replica.loss(batch)).isCloseTo(expected, within(1e-8 * expected));
      assertThat(replica.accumulate(batch, 1)).isCloseTo(expected, within(1e-8 * expected));

      for (Parameter parameter : replica.table().parameters()) {
        Directions.assertSlopeIsDifference(replica, batch, parameter);
      }
    }
  }
}
