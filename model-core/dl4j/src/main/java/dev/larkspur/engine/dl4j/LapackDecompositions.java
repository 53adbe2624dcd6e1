package dev.larkspur.engine.dl4j;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import dev.larkspur.engine.InitialValues.Decompositions;

/**
 * Decompositions by the eigenvectors of the smaller Gram matrix, in fp64, on the host. With W Wᵀ =
 * Q S² Qᵀ, √S Vᵀ = S^-½ Qᵀ W and the polar factor is Q S^-1 Qᵀ W.
 */
final class LapackDecompositions implements Decompositions {

  @Override
  public void split(float[] w, int out, int in, int matrixRank, float[] u, float[] v) {
    Dense matrix = Dense.of(w, out, in);
    boolean tall = out > in;
    Dense wide = tall ? matrix.transposed() : matrix;
    Eigen eigen = new Eigen(wide.times(wide.transposed()));
    // Eigenvalues ascend: the last are the largest, and squaring keeps these accurate.
    int first = wide.rows - matrixRank;
    Dense left = new Dense(wide.rows, matrixRank);
    Dense scaled = new Dense(wide.rows, matrixRank);
    for (int row = 0; row < left.rows; row++) {
      for (int column = 0; column < matrixRank; column++) {
        double root = Math.sqrt(Math.sqrt(eigen.values[first + column]));
        double value = eigen.vectors.at(row, first + column);
        left.set(row, column, value * root);
        scaled.set(row, column, value / root);
      }
    }
    Dense right = scaled.transposed().times(wide);
    (tall ? right.transposed() : left).copyTo(u);
    (tall ? left.transposed() : right).copyTo(v);
  }

  @Override
  public void polarFactor(float[] w, int out, int in) {
    Dense matrix = Dense.of(w, out, in);
    Dense wide = out > in ? matrix.transposed() : matrix;
    Eigen eigen = new Eigen(wide.times(wide.transposed()));
    Dense scaled = new Dense(wide.rows, wide.rows);
    for (int row = 0; row < wide.rows; row++) {
      for (int column = 0; column < wide.rows; column++) {
        double value = eigen.vectors.at(row, column);
        scaled.set(row, column, value / Math.sqrt(eigen.values[column]));
      }
    }
    Dense polar = scaled.times(eigen.vectors.transposed()).times(wide);
    // Squaring loses digits of small singular values. A Newton-Schulz step, 1.5 X − 0.5 X Xᵀ X,
    // doubles the number of correct digits.
    Dense cubed = polar.times(polar.transposed()).times(polar);
    for (int i = 0; i < polar.values.length; i++) {
      polar.values[i] = 1.5 * polar.values[i] - 0.5 * cubed.values[i];
    }
    (out > in ? polar.transposed() : polar).copyTo(w);
  }

  /** Eigenvalues of a symmetric matrix [n, n], ascending, and its eigenvectors as columns. */
  private static final class Eigen {
    private final double[] values;
    private final Dense vectors;

    /** Overwrites the matrix. */
    Eigen(Dense symmetric) {
      int n = symmetric.rows;
      values = new double[n];
      vectors = symmetric;
      int failure =
          LAPACKE_dsyevd(LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'U', n, symmetric.values, n, values);
      if (failure != 0) {
        throw new IllegalStateException("LAPACK's dsyevd returns " + failure);
      }
    }
  }

  /** A row-major matrix on the heap. */
  private static final class Dense {
    private final int rows;
    private final int columns;
    private final double[] values;

    Dense(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      this.values = new double[Math.multiplyExact(rows, columns)];
    }

    static Dense of(float[] values, int rows, int columns) {
      Dense matrix = new Dense(rows, columns);
      for (int i = 0; i < matrix.values.length; i++) {
        matrix.values[i] = values[i];
      }
      return matrix;
    }

    double at(int row, int column) {
      return values[row * columns + column];
    }

    void set(int row, int column, double value) {
      values[row * columns + column] = value;
    }

    Dense transposed() {
      Dense matrix = new Dense(columns, rows);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          matrix.set(column, row, at(row, column));
        }
      }
      return matrix;
    }

    Dense times(Dense other) {
      Dense product = new Dense(rows, other.columns);
      cblas_dgemm(
          CblasRowMajor,
          CblasNoTrans,
          CblasNoTrans,
          rows,
          other.columns,
          columns,
          1,
          values,
          columns,
          other.values,
          other.columns,
          0,
          product.values,
          other.columns);
      return product;
    }

    void copyTo(float[] target) {
      for (int i = 0; i < values.length; i++) {
        target[i] = (float) values[i];
      }
    }
  }
}
