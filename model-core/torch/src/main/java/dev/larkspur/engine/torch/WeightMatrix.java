package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A matrix of parameters, or one matrix per block.
 *
 * @param value in the type of the computation: [out, in] or [blocks, out, in]
 * @param gradient null if there is none
 */
record WeightMatrix(Tensor value, ParameterGradient gradient) {

  /** Multiplies rows x, [tokens, in] or [blocks, tokens, in], with the transposed matrix. */
  Tensor multiply(Tensor x) {
    return x.matmul(value.transpose(-2, -1));
  }

  /**
   * Multiplies rows x, [tokens, in], with the transposed matrix [out, in], and adds a bias. Only
   * products in bf16 are as fast with a bias as without.
   */
  Tensor multiply(Tensor x, Bias bias) {
    return value.scalar_type().intern() == ScalarType.BFloat16
        ? torch.linear(x, value, bias.optional())
        : bias.addTo(multiply(x));
  }

  /** Multiplies rows y, [tokens, out] or [blocks, tokens, out], with the matrix. */
  Tensor multiplyTransposed(Tensor y) {
    return y.matmul(value);
  }

  /** Adds the gradient of {@link #multiply}: that of its result, transposed, times its input. */
  void addGradient(Tensor outputGradient, Tensor input) {
    addGradient(outputGradient, input, 1);
  }

  /** Adds {@code scale} times the gradient. */
  void addGradient(Tensor outputGradient, Tensor input, double scale) {
    gradient.addProduct(outputGradient.transpose(-2, -1), input, scale);
  }
}
