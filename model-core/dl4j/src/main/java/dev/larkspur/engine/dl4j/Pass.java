package dev.larkspur.engine.dl4j;

import dev.larkspur.model.Positions;
import java.util.function.LongConsumer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * State that the layers of one graph share during a pass: kernels, temporary memory, and how
 * gradients are computed. A layer without a shared one, as in a graph cloned by DL4J's training,
 * has one with the defaults.
 */
final class Pass implements AutoCloseable {
  /** Value of the loss weight for the mean over the labels of the pass. */
  static final double MEAN = Double.NaN;

  private final Kernels kernels;
  private final Scratch scratch;
  private boolean accumulating;
  private double lossWeight = MEAN;
  private LongConsumer completed = offset -> {};
  private RotaryTable rotary;

  Pass(Kernels kernels, DataType type) {
    this.kernels = kernels;
    this.scratch = new Scratch(type);
  }

  Kernels kernels() {
    return kernels;
  }

  /**
   * Memory shared by all layers, for values that a layer uses in one call or passes to the next
   * layer of the backward pass. An array must no longer be in use when the next layer requests its
   * name.
   */
  Scratch scratch() {
    return scratch;
  }

  /** The angles of the rotary embedding, shared by all layers. */
  RotaryTable rotary(int context, int headDim, Positions.Rotary positions) {
    if (rotary == null) {
      rotary = new RotaryTable(context, headDim, positions);
    }
    return rotary;
  }

  /** From now on, gradients are added to existing ones. Before this call, they overwrite them. */
  void accumulate() {
    accumulating = true;
  }

  /** β of gradients: 1 to add to existing ones, 0 to overwrite them. */
  double gradientBeta() {
    return accumulating ? 1 : 0;
  }

  /** Factor on the gradient of the summed loss, or {@link #MEAN}. */
  double lossWeight() {
    return lossWeight;
  }

  void lossWeight(double weight) {
    lossWeight = weight;
  }

  /** Sets the listener that receives the offset from which the gradient is final. */
  void onCompleted(LongConsumer consumer) {
    completed = consumer;
  }

  /** Reports that the gradient's elements from an offset to the end are final. */
  void completed(long offset) {
    completed.accept(offset);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
