package dev.larkspur.engine.torch;

import dev.larkspur.model.DecoderVariant;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalisation over the last axis. */
interface Normalization {

  Tensor apply(Tensor x);

  /** The norm stored under a name. */
  static Normalization of(Weights weights, String name, DecoderVariant variant) {
    return switch (variant.norm()) {
      case LAYER_NORM -> new LayerNorm(weights, name, variant.normEpsilon());
      case RMS_NORM -> new RmsNorm(weights, name, variant.normEpsilon());
    };
  }

  /** Layer normalisation over the last axis, with a weight and an optional bias. */
  final class LayerNorm implements Normalization {
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

  /** Normalisation by the root mean square over the last axis, with a weight. */
  final class RmsNorm implements Normalization {
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
}
