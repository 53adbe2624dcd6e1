package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * BlockShuffle: two block-diagonal products, each followed by a shuffle of the features (paper,
 * section 2; a Monarch matrix). Feature i · blocks + b moves to block b, position i, and back after
 * the second product.
 *
 * @param u [blocks, out / blocks, inner / blocks]
 * @param v [blocks, inner / blocks, in / blocks]
 */
record BlockShuffleProjection(WeightMatrix u, WeightMatrix v, Bias bias) implements Projection {

  @Override
  public Pass pass(Tensor x, SavedTensors saved) {
    Tensor features = saved.save(Blocks.split(x, blocks()));
    Tensor inner = saved.save(shuffle(v.multiply(features)));
    return new Pass(
        bias.addTo(unshuffled(u.multiply(inner))),
        gradient -> {
          bias.addGradient(gradient);
          Tensor shuffledGradient = shuffled(gradient, blocks());
          u.addGradient(shuffledGradient, inner);
          Tensor innerGradient = shuffleBack(u.multiplyTransposed(shuffledGradient));
          v.addGradient(innerGradient, features);
          return Blocks.join(v.multiplyTransposed(innerGradient));
        });
  }

  /** [blocks, tokens, inner / blocks] to the same shape. */
  private static Tensor shuffle(Tensor h) {
    long blocks = h.size(0);
    long tokens = h.size(1);
    long width = h.size(2);
    if (width % blocks == 0) {
      // The features of a block are distributed evenly over all blocks, by one copy to where they
      // are read.
      return h.view(blocks, tokens, width / blocks, blocks)
          .permute(3, 1, 0, 2)
          .reshape(blocks, tokens, width);
    }
    return shuffled(Blocks.join(h), blocks);
  }

  /** The inverse of {@link #shuffle}. */
  private static Tensor shuffleBack(Tensor h) {
    long blocks = h.size(0);
    long tokens = h.size(1);
    long width = h.size(2);
    if (width % blocks == 0) {
      return h.view(blocks, tokens, blocks, width / blocks)
          .permute(2, 1, 3, 0)
          .reshape(blocks, tokens, width);
    }
    return Blocks.split(unshuffled(h), blocks).contiguous();
  }

  /** [tokens, features] to [blocks, tokens, features / blocks]. */
  private static Tensor shuffled(Tensor x, long blocks) {
    return x.view(x.size(0), -1, blocks).permute(2, 0, 1).contiguous();
  }

  /** [blocks, tokens, features / blocks] to [tokens, features]. */
  private static Tensor unshuffled(Tensor y) {
    return y.permute(1, 2, 0).reshape(y.size(1), y.size(0) * y.size(2));
  }

  private long blocks() {
    return v.value().size(0);
  }
}
