package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference of the benchmarks computes what the engine computes. */
class PlainTorchEngineTest {
  private static final Engine PLAIN = Engines.named(PlainTorchEngine.NAME);
  private static final Engine TUNED = new TorchEngine();

  static Stream<ModelConfig> models() {
    return Stream.concat(
        TestModels.structures().map(TestModels::tiny),
        Stream.of(TestModels.other(), TestModels.published(), TestModels.partlyRotated()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void lossAndGradientAreThoseOfTheEngine(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 3, 1);
    try (Replica plain = replica(PLAIN, config, Precision.FP64);
        Replica tuned = replica(TUNED, config, Precision.FP64)) {
      for (Replica replica : new Replica[] {plain, tuned}) {
        replica.initialize(7);
        // Two passes add up.
        replica.accumulate(batch, 0.01);
      }
      double expected = tuned.accumulate(batch, 0.01);
      assertThat(plain.accumulate(batch, 0.01)).isCloseTo(expected, within(1e-9 * expected));
      assertThat(plain.loss(batch)).isCloseTo(expected, within(1e-9 * expected));
      assertSame(plain.gradient(), tuned.gradient(), within(1e-8f));
      assertThat(plain.gradientNorm())
          .isCloseTo(tuned.gradientNorm(), within(1e-9 * tuned.gradientNorm()));

      plain.clearGradient();
      assertThat(plain.gradientNorm()).isZero();
    }
  }

  @Test
  void threeStepsEndWithTheParametersOfTheEngine() {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
    try (Replica plain = replica(PLAIN, config, Precision.FP32);
        Replica tuned = replica(TUNED, config, Precision.FP32)) {
      for (Replica replica : new Replica[] {plain, tuned}) {
        replica.initialize(7);
        for (int step = 1; step <= 3; step++) {
          TokenBatch batch = TestModels.randomBatch(config, 3, step);
          replica.clearGradient();
          replica.accumulate(batch, 1.0 / batch.tokens());
          replica.update(1e-3, step, 0.5 / replica.gradientNorm());
        }
      }
      // Three steps of 1e-3 move a parameter by up to 3e-3.
      assertSame(plain.parameters(), tuned.parameters(), within(2e-6f));
      for (String name : AdamW.PAPER.stateNames()) {
        assertSame(
            plain.optimizerState().vector(name),
            tuned.optimizerState().vector(name),
            within(1e-7f));
      }
    }
  }

  @Test
  void bf16StaysWithinItsRounding() {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
    TokenBatch batch = TestModels.randomBatch(config, 4, 5);
    try (Replica exact = replica(PLAIN, config, Precision.FP32);
        Replica rounded = replica(PLAIN, config, Precision.BF16)) {
      exact.initialize(3);
      rounded.initialize(3);
      double expected = exact.accumulate(batch, 1);
      assertThat(rounded.accumulate(batch, 1))
          .isNotEqualTo(expected)
          .isCloseTo(expected, within(expected / 256));
      assertThat(rounded.gradientNorm())
          .isCloseTo(exact.gradientNorm(), within(exact.gradientNorm() / 50));
    }
  }

  @Test
  void isNotAmongTheEnginesThatTrain() {
    assertThat(Engines.names()).contains("torch").doesNotContain(PlainTorchEngine.NAME);
    try (Replica replica = replica(PLAIN, TestModels.tiny(TestModels.DENSE), Precision.FP32)) {
      assertThatThrownBy(() -> replica.decoding(1, 2))
          .isInstanceOf(EngineException.class)
          .hasMessage(
              "the engine torch-plain does not decode: it is there for comparison, use torch");
    }
  }

  private static Replica replica(Engine engine, ModelConfig config, Precision precision) {
    return engine.replica(config, Device.cpu(1), precision, AdamW.PAPER);
  }

  private static void assertSame(FlatVector actual, FlatVector expected, Offset<Float> within) {
    assertThat(values(actual)).containsExactly(values(expected), within);
  }

  private static float[] values(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }
}
