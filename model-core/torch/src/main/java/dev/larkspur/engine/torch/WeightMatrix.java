package dev.larkspur.engine.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix of parameters, or one matrix per block.
 *
 * @param value in the type of the computation: [out, in] or [blocks, out, in]
 * @param gradient in the type of the parameters; null if there is none
 */
record WeightMatrix(Tensor value, Tensor gradient) {
  /** Elements of a gradient that are converted at a time, so few that caches hold them. */
  private static final long CONVERTED_ELEMENTS = 1L << 22;

  /** Multiplies rows x, [tokens, in] or [blocks, tokens, in], with the transposed matrix. */
  Tensor multiply(Tensor x) {
    return x.matmul(value.transpose(-2, -1));
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
    Tensor left = outputGradient.transpose(-2, -1);
    Scalar factor = new Scalar(scale);
    if (gradient.scalar_type().intern() != value.scalar_type().intern()) {
      addConverted(left, input, factor);
    } else if (left.dim() == 2) {
      gradient.addmm_(left, input, new Scalar(1.0), factor);
    } else {
      torch.baddbmm_out(gradient, gradient, left, input, new Scalar(1.0), factor);
    }
  }

  /** Converts the products, as LibTorch adds up tensors of two types ten times more slowly. */
  private void addConverted(Tensor left, Tensor input, Scalar factor) {
    long rowAxis = left.dim() - 2;
    long rows = left.size(rowAxis);
    long slice =
        gradient.is_cpu() ? Math.max(1, CONVERTED_ELEMENTS / (gradient.numel() / rows)) : rows;
    for (long from = 0; from < rows; from += slice) {
      long size = Math.min(slice, rows - from);
      try (PointerScope scope = new PointerScope()) {
        Tensor product = left.narrow(rowAxis, from, size).matmul(input);
        gradient.narrow(rowAxis, from, size).add_(product.to(gradient.scalar_type()), factor);
      }
    }
  }
}
