package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A learned affine map of the last axis: [..., in] → [..., out]. */
interface Projection {

  Tensor apply(Tensor x);

  /** Gives a guide its initial values, if there is one. */
  default void startGuide() {}

  /** The projection stored under a name: dense, or a product of factors, as their shapes tell. */
  static Projection of(Weights weights, String name) {
    return of(weights, name, weights.optional(name + ".bias"));
  }

  /** The same with another bias than the stored one, or with none. */
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

  /** The projection by two factors: which kind it is, their shapes tell. */
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
}
