package dev.larkspur.engine.torch;

import dev.larkspur.model.DecoderVariant;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Normalisation over the last axis. */
interface Normalization {

  /** Normalizes x, [tokens, hidden], without a gradient. */
  default Tensor apply(Tensor x, ScalarType type) {
    return pass(x, type, SavedTensors.NONE).output();
  }

  /**
   * Normalizes x with a backward pass.
   *
   * @param x [tokens, hidden], in the type of the parameters, as is the gradient of the pass
   * @param type of the output
   */
  Pass pass(Tensor x, ScalarType type, SavedTensors saved);

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
    private final ParameterGradient weightGradient;
    private final ParameterGradient biasGradient;
    private final double epsilon;

    LayerNorm(Weights weights, String name, double epsilon) {
      Tensor w = weights.value(name + ".weight");
      this.shape = new long[] {w.numel()};
      this.weight = new TensorOptional(w);
      this.bias = weights.optional(name + ".bias");
      this.weightGradient = weights.gradient(name + ".weight");
      this.biasGradient = weights.gradient(name + ".bias");
      this.epsilon = epsilon;
    }

    @Override
    public Pass pass(Tensor x, ScalarType type, SavedTensors saved) {
      Tensor input = saved.save(x);
      T_TensorTensorTensor_T result = torch.native_layer_norm(x, shape, weight, bias, epsilon);
      Tensor mean = saved.save(result.get1());
      Tensor inverseStd = saved.save(result.get2());
      return new Pass(
          result.get0().to(type),
          gradient -> {
            T_TensorTensorTensor_T gradients =
                torch.native_layer_norm_backward(
                    gradient.to(input.scalar_type()),
                    input,
                    shape,
                    mean,
                    inverseStd,
                    weight,
                    bias,
                    gradientMask());
            weightGradient.add(gradients.get1());
            if (biasGradient != null) {
              biasGradient.add(gradients.get2());
            }
            return new Tensor(gradients.get0());
          });
    }

    /** Which gradients to compute: of the input, of the weight, of the bias. */
    private BoolPointer gradientMask() {
      return new BoolPointer(3).put(0, true).put(1, true).put(2, biasGradient != null);
    }
  }

  /** Normalisation by the root mean square over the last axis, with a weight. */
  final class RmsNorm implements Normalization {
    private static final long[] LAST = {-1};

    private final Tensor weight;
    private final ParameterGradient weightGradient;
    private final double epsilon;

    RmsNorm(Weights weights, String name, double epsilon) {
      this.weight = weights.value(name + ".weight");
      this.weightGradient = weights.gradient(name + ".weight");
      this.epsilon = epsilon;
    }

    @Override
    public Pass pass(Tensor x, ScalarType type, SavedTensors saved) {
      Tensor inverse = saved.save(meanOfLast(x.mul(x)).add_(new Scalar(epsilon)).rsqrt_());
      Tensor normalized = saved.save(x.mul(inverse));
      return new Pass(
          normalized.mul(weight).to(type),
          gradient -> {
            Tensor g = gradient.to(normalized.scalar_type());
            weightGradient.add(g.mul(normalized).sum(0));
            Tensor scaled = g.mul(weight);
            Tensor along = meanOfLast(scaled.mul(normalized));
            return scaled.addcmul_(normalized, along, new Scalar(-1.0)).mul_(inverse);
          });
    }

    private static Tensor meanOfLast(Tensor x) {
      return x.mean(LAST, true, new ScalarTypeOptional());
    }
  }
}
