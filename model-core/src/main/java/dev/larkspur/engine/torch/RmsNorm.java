package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalisation by the root mean square over the last axis, with a weight. */
final class RmsNorm implements Norm {
  private final long[] shape;
  private final TensorOptional weight;
  private final DoubleOptional epsilon;

  RmsNorm(Weights weights, String name, double epsilon) {
    Tensor w = weights.value(name + ".weight");
    this.shape = new long[] {w.numel()};
    this.weight = new TensorOptional(w);
    this.epsilon = new DoubleOptional(epsilon);
  }

  @Override
  public Tensor apply(Tensor x) {
    return torch.rms_norm(x, shape, weight, epsilon);
  }
}
