package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.tensor.Shard;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Self-guided models: their loss against the mixture written out, and their gradient. */
public abstract class GuideContract extends EngineContract {

  static Stream<ModelConfig> guided() {
    return TestModels.structures()
        .filter(structure -> !structure.equals(TestModels.DENSE))
        .flatMap(
            structure ->
                Arrays.stream(Activation.values())
                    .map(activation -> new FfnConfig(20, structure, structure, activation)))
        .flatMap(
            ffn ->
                Stream.of(DecoderVariant.PAPER, TestModels.other().variant())
                    .map(variant -> TestModels.tiny(ffn, variant).guided()));
  }

  static Stream<Arguments> guidedAtSeveralWeights() {
    return guided()
        .flatMap(
            config ->
                Stream.of(new double[] {1, 1}, new double[] {0.3, 0.8}, new double[] {0, 0.5})
                    .map(weights -> Arguments.of(config, weights)));
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.GuideContract#guidedAtSeveralWeights")
  void lossIsThatOfTheMixtureAndGradientsEqualDifferences(ModelConfig config, double[] weights) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = replica(config, Precision.FP64)) {
      double[] values = Directions.random(replica.table().length(), 0.5);
      Directions.set(replica, values);
      replica.guide(weights);
      double expected = new ReferenceDecoder(config, values, weights).loss(batch);

      assertThat(replica.accumulate(batch, 1)).isCloseTo(expected, within(1e-8 * expected));
      for (Parameter parameter : replica.table().parameters()) {
        Directions.assertSlopeIsDifference(replica, batch, parameter);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.GuideContract#guided")
  void guidesBeginAsTheProductOfTheFactors(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = replica(config, Precision.FP64)) {
      replica.initialize(3);
      double plain = replica.loss(batch);
      replica.guide(new double[] {0.5, 1});
      assertThat(replica.loss(batch)).isCloseTo(plain, within(1e-9 * plain));
      replica.accumulate(batch, 1);
      assertThat(guideGradient(replica)).isPositive();
    }
  }

  private static double guideGradient(Replica replica) {
    Parameter guide = replica.table().parameter("layers.1.ffn.down.guide.weight");
    return replica.gradientNorm(new Shard(guide.offset(), guide.size()));
  }

  static Stream<ModelConfig> one() {
    return Stream.of(TestModels.tiny(new FfnStructure.LowRank(5)).guided());
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.GuideContract#one")
  void decodingIsGuidedTooAndBf16Runs(ModelConfig config) {
    try (Replica replica = replica(config, orFp32(Precision.BF16))) {
      Directions.set(replica, Directions.random(replica.table().length(), 0.5));
      float[] plain = Logits.next(replica, 1, 2);
      replica.guide(new double[] {1, 1});
      assertThat(Logits.next(replica, 1, 2)).isNotEqualTo(plain);
      TokenBatch batch = TestModels.randomBatch(config, 1, 5);
      double loss = replica.loss(batch);
      assertThat(Logits.loss(replica, batch.ids())).isCloseTo(loss, within(1e-2 * loss));
    }
  }
}
