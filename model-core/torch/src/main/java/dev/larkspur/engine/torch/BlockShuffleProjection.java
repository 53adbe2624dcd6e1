package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * BlockShuffle: two block-diagonal products with a shuffle of the features behind each (paper,
 * section 2; a Monarch matrix). Feature i · blocks + b goes to block b, place i, and behind the
 * second product back.
 */
final class BlockShuffleProjection implements Projection {
  private final Tensor u;
  private final Tensor v;
  private final TensorOptional bias;

  /**
   * @param u [blocks, out / blocks, inner / blocks]
   * @param v [blocks, inner / blocks, in / blocks]
   * @param bias [out], or nothing
   */
  BlockShuffleProjection(Tensor u, Tensor v, TensorOptional bias) {
    this.u = u;
    this.v = v;
    this.bias = bias;
  }

  @Override
  public Tensor apply(Tensor x) {
    Tensor y = multiply(shuffle(Blocks.multiply(x, v)));
    return Blocks.like(x, y.permute(1, 2, 0), u.size(0) * u.size(1));
  }

  /** [blocks, tokens, inner / blocks] to the same shape. */
  private Tensor shuffle(Tensor h) {
    long blocks = h.size(0);
    long tokens = h.size(1);
    long width = h.size(2);
    if (width % blocks == 0) {
      // The features of one block go evenly to all: one copy, straight to where they are read.
      return h.view(blocks, tokens, width / blocks, blocks)
          .permute(3, 1, 0, 2)
          .reshape(blocks, tokens, width);
    }
    return h.transpose(0, 1).reshape(tokens, width, blocks).permute(2, 0, 1);
  }

  /** [blocks, tokens, inner / blocks] to [blocks, tokens, out / blocks], still shuffled. */
  private Tensor multiply(Tensor h) {
    Tensor transposed = u.transpose(1, 2);
    if (!bias.has_value()) {
      return torch.bmm(h, transposed);
    }
    Tensor shuffled = bias.get().view(u.size(1), u.size(0)).t().unsqueeze(1);
    return torch.baddbmm(shuffled, h, transposed);
  }
}
