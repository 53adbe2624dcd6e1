package dev.larkspur.costmodel;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.optim.SelfGuidance;
import java.util.List;

/**
 * A training to estimate.
 *
 * @param model the model, without guides
 * @param guidance when guides are used
 * @param globalBatch sequences of one step
 * @param steps of the training, including those that repeat tokens
 * @param precision arithmetic of matrix products
 */
public record Workload(
    ModelConfig model, SelfGuidance guidance, int globalBatch, long steps, Precision precision) {
  private static final int SAVED_VECTORS = 3;

  /** A workload without guides. */
  public Workload(ModelConfig model, int globalBatch, long steps, Precision precision) {
    this(model, SelfGuidance.NONE, globalBatch, steps, precision);
  }

  /** The phases in their order: with guides, if there are any, then without. */
  List<Phase> phases() {
    long guided = guidance.steps();
    Phase plain = new Phase(model, steps - guided, 0);
    return guided == 0
        ? List.of(plain)
        : List.of(new Phase(model.guided(), guided, guidance.guidedSteps(guided) / guided), plain);
  }

  /** The largest model of all phases: with guides, if there are any. */
  public ModelConfig largest() {
    return phases().get(0).model();
  }

  /** Parameters and both moments of the largest model in fp32, bytes. */
  public double checkpointBytes() {
    return (double) SAVED_VECTORS * Float.BYTES * ModelSize.of(largest()).parameters();
  }

  /** FLOPs of the training, as the paper counts them. */
  public double trainingFlops() {
    ModelSize size = ModelSize.of(model);
    return size.trainingFlops(1) * steps * tokensPerStep()
        + size.guideFlops(guidance.guidedSteps(steps) * tokensPerStep());
  }

  /** Tokens of one step, all workers together. */
  public long tokensPerStep() {
    return (long) globalBatch * model.context();
  }

  /** Bytes of one value in a matrix product. */
  int valueBytes() {
    return precision == Precision.BF16 ? 2 : Float.BYTES;
  }

  /**
   * Values per token that operations other than matrix products work on: queries, keys, values and
   * output of attention; both residual sums and both norms; the feed-forward network around its
   * activation. Attention scores do not count, because fused kernels never write them; neither do
   * values between the factors of a low-rank product, which go from one product to the next.
   */
  long valuesBetween() {
    AttentionConfig attention = model.attention();
    long ffn = (long) model.ffn().activation().innerValues() * model.ffn().dim();
    long attended = 2L * attention.dim() + 2L * attention.kvDim();
    return model.layers() * (attended + 4L * model.hiddenDim() + ffn);
  }

  /**
   * Steps that train the same parameters.
   *
   * @param model with or without guides
   * @param steps number of them
   * @param guideUse fraction of the steps in which a layer uses its guides
   */
  record Phase(ModelConfig model, long steps, double guideUse) {}
}
