package dev.larkspur.engine.contract;

import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.Random;
import java.util.stream.Stream;

/** Tiny models and batches for tests of an engine. */
public final class TestModels {
  public static final FfnStructure DENSE = new FfnStructure.Dense();

  /** Of the two frequencies of a head of width 4 and base 100, one is interpolated. */
  static final Scaling LLAMA3 = new Scaling.Llama3(8, 1, 4, 16);

  private TestModels() {}

  /** One of each kind, for widths 12 and 20. */
  public static Stream<FfnStructure> structures() {
    return Stream.of(
        DENSE,
        new FfnStructure.LowRank(5),
        new FfnStructure.BlockDense(2, 6),
        new FfnStructure.BlockShuffle(2));
  }

  /** The paper's decoder with the structure in its second layer. */
  public static ModelConfig tiny(FfnStructure structure) {
    return tiny(FfnConfig.paper(20, structure), DecoderVariant.PAPER);
  }

  /** Everything else than in the paper. */
  public static ModelConfig other() {
    FfnStructure structure = new FfnStructure.BlockShuffle(2);
    return tiny(
        new FfnConfig(20, structure, structure, Activation.SWIGLU),
        new DecoderVariant(
            Norm.RMS_NORM, 1e-5, new Positions.Learned(), Biases.NONE, Residual.SEQUENTIAL, false));
  }

  /** A parallel residual, scaled frequencies, biases of queries, keys and values only. */
  public static ModelConfig published() {
    FfnStructure structure = new FfnStructure.LowRank(5);
    return tiny(
        new FfnConfig(20, structure, structure, Activation.SWIGLU),
        new DecoderVariant(
            Norm.RMS_NORM,
            1e-5,
            new Positions.Rotary(100, 1, LLAMA3),
            Biases.QKV,
            Residual.PARALLEL,
            false));
  }

  /** The paper's decoder with a parallel residual, and half of each head rotated. */
  public static ModelConfig partlyRotated() {
    return tiny(
        FfnConfig.paper(20, DENSE),
        new DecoderVariant(
            Norm.LAYER_NORM,
            1e-5,
            new Positions.Rotary(100, 0.5, new Scaling.None()),
            Biases.ALL,
            Residual.PARALLEL,
            false));
  }

  /** Grouped-query attention, an attention width other than the hidden width, two layers. */
  public static ModelConfig tiny(FfnConfig ffn, DecoderVariant variant) {
    return new ModelConfig(
        new Dimensions(23, 6, 12, 2),
        new AttentionConfig(16, 4, 2),
        ffn,
        variant,
        ModelConfig.PAPER_INIT_STD);
  }

  /** The paper's dense decoder with every size smaller, for tests of each of its parameters. */
  static ModelConfig tiniest() {
    return new ModelConfig(
        new Dimensions(11, 6, 6, 2),
        new AttentionConfig(16, 4, 2),
        FfnConfig.paper(10, DENSE),
        DecoderVariant.PAPER,
        ModelConfig.PAPER_INIT_STD);
  }

  public static TokenBatch randomBatch(ModelConfig config, int sequences, long seed) {
    TokenBatch batch = new TokenBatch(sequences, config.context());
    Random random = new Random(seed);
    for (int i = 0; i < batch.ids().length; i++) {
      batch.ids()[i] = random.nextInt(config.vocabulary());
    }
    return batch;
  }
}
