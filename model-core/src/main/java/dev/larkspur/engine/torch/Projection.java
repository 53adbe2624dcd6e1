package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A learned affine map of the last axis: [..., in] → [..., out]. */
interface Projection {

  Tensor apply(Tensor x);

  /** The projection stored under a name, dense or low-rank as its parameters tell. */
  static Projection of(Weights weights, String name) {
    TensorOptional bias = new TensorOptional(weights.value(name + ".bias"));
    if (weights.has(name + ".weight")) {
      Tensor w = weights.value(name + ".weight");
      return x -> torch.linear(x, w, bias);
    }
    Tensor u = weights.value(name + ".u.weight");
    Tensor v = weights.value(name + ".v.weight");
    return x -> torch.linear(torch.linear(x, v), u, bias);
  }
}
