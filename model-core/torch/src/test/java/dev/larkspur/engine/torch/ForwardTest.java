package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass against values computed without LibTorch. */
class ForwardTest {

  @Test
  void geluIsTheExactOne() {
    Tensor x = Tensor.create(-3.0, -1.0, -0.1, 0.5, 1.0, 2.5);
    double[] y = new double[6];
    torch.gelu(x).data_ptr_double().get(y);
    double[] expected =
        Arrays.stream(new double[] {-3.0, -1.0, -0.1, 0.5, 1.0, 2.5})
            .map(ReferenceDecoder::gelu)
            .toArray();
    assertThat(y).containsExactly(expected, within(1e-8));
  }

  static Stream<ModelConfig> models() {
    return Stream.of(
        TestModels.tiny(new FfnStructure.LowRank(5)),
        TestModels.tiny(new FfnStructure.BlockDense(2, 6)),
        TestModels.other());
  }

  @ParameterizedTest
  @MethodSource("models")
  void bf16StaysWithinItsRounding(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 4, 5);
    try (Replica exact = TestModels.replica(config, Precision.FP32);
        Replica rounded = TestModels.replica(config, Precision.BF16)) {
      exact.initialize(3);
      rounded.initialize(3);
      // bfloat16 keeps 8 bits of a product's factors: 2^-8 relative.
      double expected = exact.accumulate(batch, 1);
      assertThat(rounded.accumulate(batch, 1)).isCloseTo(expected, within(expected / 256));
      assertThat(rounded.gradientNorm())
          .isCloseTo(exact.gradientNorm(), within(exact.gradientNorm() / 50));
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void nextTokenLogitsAreThoseThatTheLossIsMadeOf(Precision precision) {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    TokenBatch batch = TestModels.randomBatch(config, 1, 5);
    try (Replica replica = TestModels.replica(config, precision)) {
      replica.initialize(3);
      double loss = 0;
      for (int length = 1; length <= config.context(); length++) {
        float[] logits = replica.nextTokenLogits(Arrays.copyOf(batch.ids(), length));
        double total = 0;
        for (float logit : logits) {
          total += Math.exp(logit);
        }
        loss += Math.log(total) - logits[batch.ids()[length]];
      }
      assertThat(replica.loss(batch)).isCloseTo(loss, within(1e-3 * loss));
    }
  }
}
