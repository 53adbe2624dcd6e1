package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A matrix of parameters, or one matrix per block.
 *
 * @param value in the type of the computation: [out, in] or [blocks, out, in]
 * @param gradient null if there is none
 * @param columns the matrix for products with one row; null if it is not stored by column
 */
record WeightMatrix(Tensor value, ParameterGradient gradient, ColumnSum columns) {
  WeightMatrix(Tensor value, ParameterGradient gradient) {
    this(value, gradient, null);
  }

  /**
   * Multiplies rows x, [tokens, in] or [blocks, tokens, in], with the transposed matrix. One row on
   * a CPU, which is the next token of one sequence, takes little longer than reading the matrix:
   * products of matrices would be three times slower.
   */
  Tensor multiply(Tensor x) {
    if (isOneRow(x)) {
      if (columns != null) {
        return columns.multiply(x);
      }
      if (value.dim() == 2) {
        return value.mv(x.reshape(-1)).unsqueeze(0);
      }
    }
    return x.matmul(value.transpose(-2, -1));
  }

  /**
   * Multiplies rows x, [tokens, in], with the transposed matrix [out, in], and adds a bias. Only
   * products of several rows in bf16 are as fast with a bias as without.
   */
  Tensor multiply(Tensor x, Bias bias) {
    return value.scalar_type().intern() == ScalarType.BFloat16 && !isOneRow(x)
        ? torch.linear(x, value, bias.optional())
        : bias.addTo(multiply(x));
  }

  private static boolean isOneRow(Tensor x) {
    return x.size(-2) == 1 && x.is_cpu();
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
