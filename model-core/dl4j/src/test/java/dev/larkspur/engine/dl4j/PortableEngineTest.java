package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine with the kernels that a GPU would run equals that with the kernels for CPUs. */
class PortableEngineTest {

  static Stream<ModelConfig> models() {
    return Stream.concat(
        TestModels.structures().map(TestModels::tiny), Stream.of(TestModels.other().guided()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void lossGradientAndLogitsAreEqual(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 7);
    try (Replica one = replica(new Dl4jEngine(), config);
        Replica other = replica(new Dl4jEngine(PortableKernels::new), config)) {
      double loss = one.accumulate(batch, 1);
      assertThat(other.accumulate(batch, 1)).isCloseTo(loss, within(1e-9 * loss));
      assertThat(gradient(other)).containsExactly(gradient(one), within(1e-6f));
      assertThat(logits(other)).containsExactly(logits(one), within(1e-6f));
    }
  }

  private static Replica replica(Dl4jEngine engine, ModelConfig config) {
    Replica replica = engine.replica(config, Device.cpu(1), Precision.FP64, AdamW.PAPER);
    replica.initialize(3);
    double[] weights = new double[config.layers()];
    weights[config.layers() - 1] = 0.25;
    replica.guide(weights);
    return replica;
  }

  private static float[] gradient(Replica replica) {
    float[] values = new float[Math.toIntExact(replica.gradient().length())];
    replica.gradient().read(0, FloatBuffer.wrap(values));
    return values;
  }

  private static float[] logits(Replica replica) {
    try (var session = replica.decoding(1, 4)) {
      session.begin(List.of(new int[] {1, 2}));
      return session.next(new int[] {3})[0];
    }
  }
}
