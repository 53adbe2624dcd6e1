package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The bias of a projection.
 *
 * @param value in the type of the computation, [out]; null if the projection has none
 * @param gradient null if there is none
 */
record Bias(Tensor value, ParameterGradient gradient) {
  static final Bias NONE = new Bias(null, null);

  TensorOptional optional() {
    return value == null ? new TensorOptional() : new TensorOptional(value);
  }

  /** Adds the bias to y, [tokens, out], in place. */
  Tensor addTo(Tensor y) {
    return value == null ? y : y.add_(value);
  }

  /** Adds the gradient, summed over the tokens of {@code outputGradient} [tokens, out]. */
  void addGradient(Tensor outputGradient) {
    if (value != null) {
      gradient.add(outputGradient.sum(0));
    }
  }
}
