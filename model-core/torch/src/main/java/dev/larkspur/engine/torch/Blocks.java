package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/** Features [tokens, features] as blocks [blocks, tokens, features / blocks]. */
final class Blocks {
  private Blocks() {}

  /** Splits the features of x, [..., features], into blocks; x is not copied. */
  static Tensor split(Tensor x, long blocks) {
    return x.reshape(-1, blocks, x.size(-1) / blocks).transpose(0, 1);
  }

  /** Joins blocks to [tokens, features]. */
  static Tensor join(Tensor blocks) {
    return blocks.transpose(0, 1).reshape(blocks.size(1), blocks.size(0) * blocks.size(2));
  }

  /** Reshapes y, [tokens, out] or another shape, to the leading axes of x: [..., out]. */
  static Tensor like(Tensor x, Tensor y, long out) {
    long[] shape = new long[(int) x.dim()];
    for (int axis = 0; axis < shape.length - 1; axis++) {
      shape[axis] = x.size(axis);
    }
    shape[shape.length - 1] = out;
    return y.reshape(shape);
  }
}
