package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Self-guided models: their loss against the mixture written out, and their gradient. */
class GuideTest {

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
  @MethodSource("guidedAtSeveralWeights")
  void lossIsThatOfTheMixtureAndGradientsEqualDifferences(ModelConfig config, double[] weights) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = TestModels.replica(config, Precision.FP64)) {
      double[] values = new Random(3).doubles(replica.table().length(), -0.5, 0.5).toArray();
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
  @MethodSource("guided")
  void guidesBeginAsTheProductOfTheFactors(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = TestModels.replica(config, Precision.FP64)) {
      replica.initialize(3);
      double plain = replica.loss(batch);
      replica.guide(new double[] {0.5, 1});
      assertThat(replica.loss(batch)).isCloseTo(plain, within(1e-9 * plain));
      replica.accumulate(batch, 1);
      assertThat(guideGradient(replica)).isPositive();
    }
  }

  private static double guideGradient(Replica replica) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Parameter guide = replica.table().parameter("layers.1.ffn.down.guide.weight");
      Tensor gradient = ((TorchVector) replica.gradient()).tensor();
      return gradient.narrow(0, guide.offset(), guide.size()).norm().item_double();
    }
  }

  static Stream<ModelConfig> one() {
    return Stream.of(TestModels.tiny(new FfnStructure.LowRank(5)).guided());
  }

  @ParameterizedTest
  @MethodSource("one")
  void decodingIsGuidedTooAndBf16Runs(ModelConfig config) {
    try (Replica replica = TestModels.replica(config, Precision.BF16)) {
      Directions.set(replica, new Random(3).doubles(replica.table().length(), -0.5, 0.5).toArray());
      float[] plain = replica.nextTokenLogits(new int[] {1, 2});
      replica.guide(new double[] {1, 1});
      float[] guided = replica.nextTokenLogits(new int[] {1, 2});
      assertThat(guided).isNotEqualTo(plain);
      try (DecodingSession decoding = replica.decoding(1, 3)) {
        float[] decoded = decoding.begin(List.of(new int[] {1, 2}))[0];
        for (int i = 0; i < decoded.length; i++) {
          assertThat((double) decoded[i]).isCloseTo(guided[i], within(3e-2));
        }
      }
    }
  }
}
