package dev.larkspur.engine;

/**
 * A single matrix product with random values, for benchmarks. A call returns when the device has
 * finished. Not thread-safe.
 */
public interface GemmWorkload extends AutoCloseable {

  /** Multiplies once: [rows, inner] by [columns, inner], transposed, as a linear layer does. */
  void run();

  @Override
  void close();

  /**
   * Sizes of a matrix product.
   *
   * @param rows of the first matrix, such as tokens
   * @param inner length of the dot products
   * @param columns of the result
   */
  record Shape(int rows, int inner, int columns) {

    /** Floating-point operations: two for each multiplication with its addition. */
    public double flops() {
      return 2.0 * rows * inner * columns;
    }
  }
}
