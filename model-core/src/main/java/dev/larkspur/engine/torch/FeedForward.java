package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A feed-forward network: GELU between two projections, or SwiGLU where a gate is stored. */
interface FeedForward {

  /** x and result: [..., hidden]. */
  Tensor apply(Tensor x);

  /** The network stored under a name. */
  static FeedForward of(Weights weights, String name) {
    Projection up = Projection.of(weights, name + ".up");
    Projection down = Projection.of(weights, name + ".down");
    String gateName = name + ".gate";
    if (Projection.isStored(weights, gateName)) {
      Projection gate = Projection.of(weights, gateName);
      return x -> down.apply(torch.silu(gate.apply(x)).mul(up.apply(x)));
    }
    return x -> down.apply(torch.gelu(up.apply(x)));
  }
}
