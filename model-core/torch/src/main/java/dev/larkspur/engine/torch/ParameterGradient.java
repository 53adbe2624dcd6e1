package dev.larkspur.engine.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The gradient of a parameter. What is added first after {@link #clear} overwrites what is in
 * memory, which saves writing zeros and reading them again.
 */
final class ParameterGradient {
  /** Elements that are converted at a time, so few that caches hold them. */
  private static final long CONVERTED_ELEMENTS = 1L << 22;

  private final Tensor tensor;
  private boolean cleared;

  /**
   * Accumulates in a tensor.
   *
   * @param tensor of the parameter's shape, in the type of the parameters
   */
  ParameterGradient(Tensor tensor) {
    this.tensor = tensor;
  }

  /**
   * Sets the gradient to zero. Memory has the zeros after {@link #materialize}, if nothing is
   * added.
   */
  void clear() {
    cleared = true;
  }

  /** Writes the pending zeros of a cleared gradient to memory. */
  void materialize() {
    if (cleared) {
      tensor.zero_();
      cleared = false;
    }
  }

  /** The tensor, whose memory has the gradient, to be added to. */
  Tensor settled() {
    materialize();
    return tensor;
  }

  /** Adds a tensor of the same shape and of any type. */
  void add(Tensor addend) {
    if (cleared) {
      tensor.copy_(addend);
      cleared = false;
    } else {
      tensor.add_(addend.to(tensor.scalar_type()));
    }
  }

  /** Adds {@code scale} times the product of two matrices, or of two batches of matrices. */
  void addProduct(Tensor left, Tensor right, double scale) {
    if (tensor.scalar_type().intern() != left.scalar_type().intern()) {
      addConvertedProduct(left, right, scale);
    } else {
      // A factor of 0 means that memory is not read, not even what is not finite.
      Scalar kept = new Scalar(cleared ? 0.0 : 1.0);
      Scalar factor = new Scalar(scale);
      if (left.dim() == 2) {
        tensor.addmm_(left, right, kept, factor);
      } else {
        tensor.baddbmm_(left, right, kept, factor);
      }
    }
    cleared = false;
  }

  /** Converts the products, as LibTorch adds up tensors of two types ten times more slowly. */
  private void addConvertedProduct(Tensor left, Tensor right, double scale) {
    long rowAxis = left.dim() - 2;
    long rows = left.size(rowAxis);
    long slice = tensor.is_cpu() ? Math.max(1, CONVERTED_ELEMENTS / (tensor.numel() / rows)) : rows;
    for (long from = 0; from < rows; from += slice) {
      long size = Math.min(slice, rows - from);
      try (PointerScope scope = new PointerScope()) {
        Tensor product = left.narrow(rowAxis, from, size).matmul(right);
        Tensor part = tensor.narrow(rowAxis, from, size);
        if (!cleared) {
          part.add_(product.to(tensor.scalar_type()), new Scalar(scale));
        } else {
          part.copy_(product);
          if (scale != 1) {
            part.mul_(new Scalar(scale));
          }
        }
      }
    }
  }
}
