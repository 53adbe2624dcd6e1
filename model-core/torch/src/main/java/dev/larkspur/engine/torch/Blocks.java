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
}
