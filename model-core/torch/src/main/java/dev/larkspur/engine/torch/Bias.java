package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The bias of a projection.
 *
 * @param value in the type of the computation, [out]; null if the projection has none
 * @param gradient in the type of the parameters; null if there is none
 */
record Bias(Tensor value, Tensor gradient) {
  static final Bias NONE = new Bias(null, null);

  TensorOptional optional() {
    return value == null ? new TensorOptional() : new TensorOptional(value);
  }

  /** Adds the bias to y, [tokens, out], in place. On CPUs faster than a product with a bias. */
  Tensor addTo(Tensor y) {
    return value == null ? y : y.add_(value);
  }

  /** Adds the gradient, summed over the tokens of {@code outputGradient} [tokens, out]. */
  void addGradient(Tensor outputGradient) {
    if (value != null) {
      gradient.add_(outputGradient.sum(0).to(gradient.scalar_type()));
    }
  }
}
