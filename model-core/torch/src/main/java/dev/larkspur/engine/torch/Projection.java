package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A learned affine map of the last axis: [..., in] → [..., out]. */
interface Projection {

  Tensor apply(Tensor x);

  /** Gives a guide its initial values, if there is one. */
  default void startGuide() {}

  /**
   * The projection stored under a name: dense or a product of factors, depending on the stored
   * tensors.
   */
  static Projection of(Weights weights, String name) {
    return of(weights, name, weights.optional(name + ".bias"));
  }

  /** The same with another bias, or without one. */
  static Projection of(Weights weights, String name, TensorOptional bias) {
    if (weights.has(name + ".weight")) {
      Tensor w = weights.value(name + ".weight");
      return x -> torch.linear(x, w, bias);
    }
    Projection factors =
        ofFactors(weights.value(name + ".u.weight"), weights.value(name + ".v.weight"), bias);
    return weights
        .merged(name)
        .<Projection>map(product -> new MergedProjection(factors, product, bias))
        .orElse(factors);
  }

  /** The projection by two factors, whose shapes determine its kind. */
  static Projection ofFactors(Tensor u, Tensor v, TensorOptional bias) {
    if (v.dim() == 2) {
      return x -> torch.linear(torch.linear(x, v), u, bias);
    }
    return u.dim() == 2
        ? new BlockDenseProjection(u, v, bias)
        : new BlockShuffleProjection(u, v, bias);
  }

  /** Whether there is a projection of that name. */
  static boolean isStored(Weights weights, String name) {
    return weights.has(name + ".weight") || weights.has(name + ".u.weight");
  }

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

  /**
   * BlockShuffle: two block-diagonal products, each followed by a shuffle of the features (paper,
   * section 2; a Monarch matrix). Feature i · blocks + b moves to block b, position i, and back
   * after the second product.
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
        // The features of a block are distributed evenly over all blocks, by one copy to where they
        // are read.
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

  /**
   * A structured matrix as factors and merged (the paper's pre-merge).
   *
   * @param factors the projection by them
   * @param product of them
   * @param bias [out], or nothing
   */
  record MergedProjection(Projection factors, Merged product, TensorOptional bias)
      implements Projection {

    /**
     * A merged matrix, and when to use it.
     *
     * @param matrix [out, in]
     * @param tokens number of tokens up to which it is used
     */
    record Merged(Tensor matrix, long tokens) {}

    @Override
    public Tensor apply(Tensor x) {
      return x.numel() / x.size(-1) <= product.tokens()
          ? torch.linear(x, product.matrix(), bias)
          : factors.apply(x);
    }
  }

  /** The first, block-diagonal factor of a product, as one batched matrix product. */
  static final class Blocks {
    private Blocks() {}

    /**
     * Multiplies each block of the features with its own matrix; x is not copied.
     *
     * @param x [..., in]
     * @param v [blocks, inner / blocks, in / blocks]
     * @return [blocks, tokens, inner / blocks]
     */
    static Tensor multiply(Tensor x, Tensor v) {
      Tensor features = x.reshape(-1, v.size(0), v.size(2)).transpose(0, 1);
      return torch.bmm(features, v.transpose(1, 2));
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
}
