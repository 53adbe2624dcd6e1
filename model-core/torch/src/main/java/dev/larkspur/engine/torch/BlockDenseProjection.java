package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** BlockDense: U (V x) + bias with V block-diagonal (paper, section 2). */
final class BlockDenseProjection implements Projection {
  private final Tensor u;
  private final Tensor v;
  private final TensorOptional bias;

  /**
   * @param u [out, inner]
   * @param v [blocks, inner / blocks, in / blocks]
   * @param bias [out], or nothing
   */
  BlockDenseProjection(Tensor u, Tensor v, TensorOptional bias) {
    this.u = u;
    this.v = v;
    this.bias = bias;
  }

  @Override
  public Tensor apply(Tensor x) {
    Tensor inner = Blocks.multiply(x, v).transpose(0, 1).reshape(-1, u.size(1));
    return Blocks.like(x, torch.linear(inner, u, bias), u.size(0));
  }
}
