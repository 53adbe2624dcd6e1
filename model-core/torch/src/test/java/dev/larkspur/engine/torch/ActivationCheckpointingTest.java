package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.Optimizer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Activations that are computed again are the same, to the bit. */
class ActivationCheckpointingTest {
  private static final ModelConfig MODEL = TestModels.tiny(new FfnStructure.LowRank(5));

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theGradientIsTheSame(Precision precision) {
    TokenBatch batch = TestModels.randomBatch(MODEL, 2, 9);
    List<Long> offsets = new ArrayList<>();
    List<Long> offsetsAgain = new ArrayList<>();
    try (Replica replica =
        new TorchEngine().replica(MODEL, Device.cpu(1), precision, new Optimizer.None())) {
      replica.initialize(3);
      double loss = replica.accumulate(batch, 0.1, offsets::add);
      float[] gradient = gradient(replica);
      replica.clearGradient();
      replica.activationCheckpointing(ActivationCheckpointing.LAYERS);
      assertThat(replica.accumulate(batch, 0.1, offsetsAgain::add)).isEqualTo(loss);
      assertThat(gradient(replica)).containsExactly(gradient);
      assertThat(gradient).isNotEqualTo(new float[gradient.length]);
      assertThat(offsetsAgain).isEqualTo(offsets);
    }
  }

  private static float[] gradient(Replica replica) {
    float[] values = new float[Math.toIntExact(replica.gradient().length())];
    replica.gradient().read(0, FloatBuffer.wrap(values));
    return values;
  }
}
