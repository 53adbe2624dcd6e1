package dev.larkspur.plan;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;

/**
 * What is to be trained.
 *
 * @param model the model
 * @param globalBatch sequences of one step
 * @param steps of the whole training
 * @param precision arithmetic of matrix products
 */
public record Workload(ModelConfig model, int globalBatch, long steps, Precision precision) {
  private static final int SAVED_VECTORS = 3;

  /** Parameters of the model. */
  public long parameters() {
    return ModelSize.of(model).parameters();
  }

  /** Parameters and both moments in fp32. */
  public double checkpointBytes() {
    return (double) SAVED_VECTORS * Float.BYTES * parameters();
  }

  /** Tokens of one step, all workers together. */
  public long tokensPerStep() {
    return (long) globalBatch * model.context();
  }

  /** Bytes of one operand of a product. */
  int valueBytes() {
    return precision == Precision.BF16 ? 2 : Float.BYTES;
  }

  /**
   * Values of one token that operations without a product work on: queries, keys, values and output
   * of attention; both residual sums and both norms; the feed-forward network around its
   * activation. Not the scores, which fused kernels of attention never write, nor what is between
   * the factors of a low-rank product, which goes from one product to the next.
   */
  long valuesBetween() {
    AttentionConfig attention = model.attention();
    long ffn = (long) model.ffn().activation().innerValues() * model.ffn().dim();
    long attended = 2L * attention.dim() + 2L * attention.kvDim();
    return model.layers() * (attended + 4L * model.hiddenDim() + ffn);
  }
}
