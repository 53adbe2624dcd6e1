package dev.larkspur.costmodel;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.optim.SelfGuidance;
import java.util.List;

/**
 * What is to be trained.
 *
 * @param model the model, without guides
 * @param guidance when it has guides
 * @param globalBatch sequences of one step
 * @param steps of the whole training, those that repeat tokens included
 * @param precision arithmetic of matrix products
 */
public record Workload(
    ModelConfig model, SelfGuidance guidance, int globalBatch, long steps, Precision precision) {
  private static final int SAVED_VECTORS = 3;

  /** A training without guides. */
  public Workload(ModelConfig model, int globalBatch, long steps, Precision precision) {
    this(model, SelfGuidance.NONE, globalBatch, steps, precision);
  }

  /** What is trained one after another: with guides, if there are any, and without. */
  List<Phase> phases() {
    long guided = guidance.steps();
    Phase plain = new Phase(model, steps - guided, 0);
    return guided == 0
        ? List.of(plain)
        : List.of(new Phase(model.guided(), guided, guidance.guidedSteps(guided) / guided), plain);
  }

  /** The model with the most parameters that is trained: with guides, if there are any. */
  public ModelConfig largest() {
    return phases().get(0).model();
  }

  /** Parameters and both moments in fp32, of the largest model. */
  public double checkpointBytes() {
    return (double) SAVED_VECTORS * Float.BYTES * ModelSize.of(largest()).parameters();
  }

  /** Operations of the training as the papers count them. */
  public double trainingFlops() {
    ModelSize size = ModelSize.of(model);
    return size.trainingFlops(1) * steps * tokensPerStep()
        + size.guideFlops(guidance.guidedSteps(steps) * tokensPerStep());
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

  /**
   * Steps that train one model.
   *
   * @param model with guides, or without
   * @param steps number of them
   * @param guideUse share of the steps in which a layer multiplies with its guides
   */
  record Phase(ModelConfig model, long steps, double guideUse) {}
}
