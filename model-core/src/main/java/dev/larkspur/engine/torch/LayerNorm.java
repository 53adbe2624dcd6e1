package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer normalisation over the last axis, with a weight and, maybe, a bias. */
final class LayerNorm implements Norm {
  private final long[] shape;
  private final TensorOptional weight;
  private final TensorOptional bias;
  private final double epsilon;

  LayerNorm(Weights weights, String name, double epsilon) {
    Tensor w = weights.value(name + ".weight");
    this.shape = new long[] {w.numel()};
    this.weight = new TensorOptional(w);
    this.bias = weights.optional(name + ".bias");
    this.epsilon = epsilon;
  }

  @Override
  public Tensor apply(Tensor x) {
    return torch.layer_norm(x, shape, weight, bias, epsilon, true);
  }
}
