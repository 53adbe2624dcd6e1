package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A row-major matrix in an array's memory, such as the columns of one attention head.
 *
 * @param memory the array, contiguous
 * @param offset index of the first element in {@code memory}
 * @param rows as stored, before {@code transposed}
 * @param columns as stored
 * @param stride elements from one row to the next
 * @param transposed whether products use its transpose
 */
record Matrix(INDArray memory, long offset, int rows, int columns, int stride, boolean transposed) {

  /** The matrix of an array [rows, columns]. */
  static Matrix of(INDArray array) {
    return of(array, 0, Math.toIntExact(array.size(0)), Math.toIntExact(array.size(1)));
  }

  /** A contiguous matrix [rows, columns] that starts at an element of an array. */
  static Matrix of(INDArray array, long offset, int rows, int columns) {
    return new Matrix(array, offset, rows, columns, columns, false);
  }

  /** A range of columns, with all rows. */
  Matrix columns(int from, int count) {
    return new Matrix(memory, offset + from, rows, count, stride, transposed);
  }

  /** A range of rows, with all columns. */
  Matrix rows(int from, int count) {
    return new Matrix(memory, offset + (long) from * stride, count, columns, stride, transposed);
  }

  /** The transpose, in the same memory. */
  Matrix t() {
    return new Matrix(memory, offset, rows, columns, stride, !transposed);
  }

  /** Number of rows as products use the matrix. */
  int height() {
    return transposed ? columns : rows;
  }

  /** Number of columns as products use the matrix. */
  int width() {
    return transposed ? rows : columns;
  }
}
