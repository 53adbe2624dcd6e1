package dev.larkspur.export;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The product W = U V of the factors of a projection (paper, section 2), in 64-bit arithmetic.
 * Three axes are a block-diagonal matrix. Between two of them, feature i · blocks + b moves to
 * block b, position i, and after the second one back.
 *
 * @param u [out, inner], or [blocks, out / blocks, inner / blocks]
 * @param v [inner, in], or [blocks, inner / blocks, in / blocks]
 */
record FactorProduct(Matrix u, Matrix v) {

  /** A matrix, or the blocks of one. */
  static final class Matrix {
    private final List<Integer> shape;
    private final float[] values;

    /**
     * Takes values without a copy.
     *
     * @param shape sizes of two or three axes
     * @param values row-major
     */
    Matrix(List<Integer> shape, float[] values) {
      this.shape = List.copyOf(shape);
      this.values = values;
    }

    int blocks() {
      return shape.size() == 2 ? 1 : shape.get(0);
    }

    /** Rows of the whole matrix. */
    int rows() {
      return blocks() * shape.get(shape.size() - 2);
    }

    /** Columns of a block. */
    int width() {
      return shape.get(shape.size() - 1);
    }
  }

  /** W, [out, in], row-major. */
  float[] values() {
    int in = v.blocks() * v.width();
    float[] product = new float[Math.multiplyExact(u.rows(), in)];
    IntStream.range(0, u.rows())
        .parallel()
        .forEach(
            row -> {
              double[] sums = row(row, in);
              for (int column = 0; column < in; column++) {
                product[row * in + column] = (float) sums[column];
              }
            });
    return product;
  }

  private double[] row(int row, int in) {
    int blocks = u.blocks();
    int start = (row % blocks * (u.rows() / blocks) + row / blocks) * u.width();
    int rowsOfBlock = v.rows() / v.blocks();
    double[] sums = new double[in];
    for (int i = 0; i < u.width(); i++) {
      int feature = i * blocks + row % blocks;
      double factor = u.values[start + i];
      int from = feature * v.width();
      int column = feature / rowsOfBlock * v.width();
      for (int j = 0; j < v.width(); j++) {
        sums[column + j] += factor * v.values[from + j];
      }
    }
    return sums;
  }
}
