package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The first, block-diagonal factor of a product, as one batched matrix product. */
final class Blocks {
  private Blocks() {}

  /**
   * Multiplies each block of the features with its own matrix; x is read where it lies.
   *
   * @param x [..., in]
   * @param v [blocks, inner / blocks, in / blocks]
   * @return [blocks, tokens, inner / blocks]
   */
  static Tensor multiply(Tensor x, Tensor v) {
    Tensor features = x.reshape(-1, v.size(0), v.size(2)).transpose(0, 1);
    return torch.bmm(features, v.transpose(1, 2));
  }

  /** Gives y, [tokens, out] or of other shape, the leading axes of x: [..., out]. */
  static Tensor like(Tensor x, Tensor y, long out) {
    long[] shape = new long[(int) x.dim()];
    for (int axis = 0; axis < shape.length - 1; axis++) {
      shape[axis] = x.size(axis);
    }
    shape[shape.length - 1] = out;
    return y.reshape(shape);
  }
}
