package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass in its precisions, and while decoding. */
public abstract class ForwardContract extends EngineContract {

  static Stream<ModelConfig> models() {
    return Stream.of(
        TestModels.tiny(new FfnStructure.LowRank(5)),
        TestModels.tiny(new FfnStructure.BlockDense(2, 6)),
        TestModels.other());
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.ForwardContract#models")
  void bf16StaysWithinItsRounding(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 4, 5);
    try (Replica exact = replica(config, Precision.FP32);
        Replica rounded = replica(config, Precision.BF16)) {
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
    try (Replica replica = replica(config, precision)) {
      replica.initialize(3);
      double loss = Logits.loss(replica, batch.ids());
      assertThat(replica.loss(batch)).isCloseTo(loss, within(1e-3 * loss));
    }
  }
}
