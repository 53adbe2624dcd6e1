package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every combination of what decoders differ in: loss and gradient, in 64-bit floats. */
public abstract class VariantsContract extends EngineContract {
  static Stream<ModelConfig> combinations() {
    return Stream.concat(everyPair(), Stream.concat(published(), partlyRotated()));
  }

  private static Stream<ModelConfig> everyPair() {
    return ffns().flatMap(ffn -> variants().map(variant -> TestModels.tiny(ffn, variant)));
  }

  private static Stream<FfnConfig> ffns() {
    return TestModels.structures()
        .flatMap(
            structure ->
                Arrays.stream(Activation.values())
                    .map(activation -> new FfnConfig(20, structure, structure, activation)));
  }

  private static Stream<DecoderVariant> variants() {
    return Arrays.stream(Norm.values())
        .flatMap(
            norm ->
                Stream.of(new Positions.Rotary(100), new Positions.Learned())
                    .flatMap(
                        positions ->
                            Stream.of(Biases.ALL, Biases.NONE)
                                .flatMap(
                                    biases ->
                                        Stream.of(true, false)
                                            .map(
                                                tied ->
                                                    new DecoderVariant(
                                                        norm,
                                                        1e-5,
                                                        positions,
                                                        biases,
                                                        Residual.SEQUENTIAL,
                                                        tied)))));
  }

  /** What only published models have: in every kind of network and with every norm. */
  private static Stream<ModelConfig> published() {
    Positions scaled = new Positions.Rotary(100, 1, TestModels.LLAMA3);
    return ffns()
        .flatMap(
            ffn ->
                Arrays.stream(Norm.values())
                    .flatMap(
                        norm ->
                            Stream.of(
                                new DecoderVariant(
                                    norm, 1e-5, scaled, Biases.QKV, Residual.PARALLEL, true),
                                new DecoderVariant(
                                    norm,
                                    1e-5,
                                    new Positions.Learned(),
                                    Biases.ALL,
                                    Residual.PARALLEL,
                                    false)))
                    .map(variant -> TestModels.tiny(ffn, variant)));
  }

  /** Heads of width 8, of which 2, 4 and 6 coordinates are rotated. */
  private static Stream<ModelConfig> partlyRotated() {
    return Stream.of(0.25, 0.6, 0.75)
        .map(
            fraction ->
                new ModelConfig(
                    new Dimensions(23, 6, 12, 2),
                    new AttentionConfig(16, 2, 1),
                    FfnConfig.paper(20, TestModels.DENSE),
                    new DecoderVariant(
                        Norm.LAYER_NORM,
                        1e-5,
                        new Positions.Rotary(100, fraction, new Scaling.None()),
                        Biases.ALL,
                        Residual.PARALLEL,
                        false),
                    ModelConfig.PAPER_INIT_STD));
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
