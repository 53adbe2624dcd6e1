package dev.larkspur.engine.torch;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.Random;

/** Tiny models and batches for tests of the engine. */
final class TestModels {
  static final FfnStructure DENSE = new FfnStructure.Dense();

  private TestModels() {}

  /** Grouped-query attention, an attention width other than the hidden width, two layers. */
  static ModelConfig tiny(FfnStructure structure) {
    return new ModelConfig(
        23,
        6,
        12,
        2,
        new AttentionConfig(16, 4, 2),
        new FfnConfig(20, structure, DENSE),
        ModelConfig.PAPER_ROPE_BASE,
        ModelConfig.PAPER_NORM_EPSILON,
        ModelConfig.PAPER_INIT_STD);
  }

  static Replica replica(ModelConfig config, Precision precision) {
    return new TorchEngine().replica(config, Device.cpu(1), precision);
  }

  static TokenBatch randomBatch(ModelConfig config, int sequences, long seed) {
    TokenBatch batch = new TokenBatch(sequences, config.context());
    Random random = new Random(seed);
    for (int i = 0; i < batch.ids().length; i++) {
      batch.ids()[i] = random.nextInt(config.vocabulary());
    }
    return batch;
  }
}
