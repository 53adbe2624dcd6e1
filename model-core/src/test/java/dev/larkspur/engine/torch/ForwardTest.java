package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forward pass against values computed without LibTorch. */
class ForwardTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void lossEqualsTheReferenceDecoder(int matrixRank) {
    FfnStructure structure =
        matrixRank == 0 ? TestModels.DENSE : new FfnStructure.LowRank(matrixRank);
    ModelConfig config = TestModels.tiny(structure);
    TokenBatch batch = TestModels.randomBatch(config, 2, 11);
    try (Replica replica = TestModels.replica(config, Precision.FP64)) {
      double[] parameters = randomParameters(replica);
      ReferenceDecoder reference = new ReferenceDecoder(config, parameters);
      double expected = 0;
      for (int i = 0; i < batch.sequences(); i++) {
        int from = batch.offset(i);
        expected +=
            reference.loss(Arrays.copyOfRange(batch.ids(), from, from + config.context() + 1));
      }
      assertThat(replica.loss(batch)).isCloseTo(expected, within(1e-8 * expected));
      assertThat(replica.accumulate(batch, 1)).isCloseTo(expected, within(1e-8 * expected));
    }
  }

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

  @Test
  void bf16StaysWithinItsRounding() {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
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

  private static double[] randomParameters(Replica replica) {
    double[] values = new Random(3).doubles(replica.table().length(), -0.5, 0.5).toArray();
    try (NoGradGuard noGrad = new NoGradGuard()) {
      ((TorchVector) replica.parameters()).tensor().copy_(Tensor.create(values));
    }
    return values;
  }
}
