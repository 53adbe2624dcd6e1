package dev.larkspur.engine.dl4j;

import java.util.function.LongConsumer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What the layers of one graph share while a batch goes through them: kernels, memory that no
 * backward pass needs, and how the gradient is taken. A layer by itself, as in a graph that DL4J's
 * own training has cloned, has one with the defaults.
 */
final class Pass implements AutoCloseable {
  /** Weight of the loss that means the mean over the labels of the pass. */
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
   * Memory of all layers, for what one layer needs in one call, or hands to the next one in the
   * backward pass. An array of a name must not be in use when the next layer takes that name.
   */
  Scratch scratch() {
    return scratch;
  }

  /** The angles of all layers' rotary embedding. */
  RotaryTable rotary(int context, int headDim, double base) {
    if (rotary == null) {
      rotary = new RotaryTable(context, headDim, base);
    }
    return rotary;
  }

  /** Adds gradients to those that are there, from now on; at first they are overwritten. */
  void accumulate() {
    accumulating = true;
  }

  /** β of gradients: what was there before counts, 1, or not, 0. */
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

  /** Sets who is told that the gradient from an offset on is final. */
  void onCompleted(LongConsumer consumer) {
    completed = consumer;
  }

  /** The gradient's elements from an offset to the end are final. */
  void completed(long offset) {
    completed.accept(offset);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
