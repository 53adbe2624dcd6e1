package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A row-major matrix inside an array's memory, such as one head's columns of all heads'.
 *
 * @param memory the array, contiguous
 * @param offset index of the first element in {@code memory}
 * @param rows as stored, before {@code transposed}
 * @param columns as stored
 * @param stride elements from one row to the next
 * @param transposed whether products take its transpose
 */
record Matrix(INDArray memory, long offset, int rows, int columns, int stride, boolean transposed) {

  /** All of an array [rows, columns]. */
  static Matrix of(INDArray array) {
    return of(array, 0, Math.toIntExact(array.size(0)), Math.toIntExact(array.size(1)));
  }

  /** A contiguous matrix [rows, columns] from an element of an array on. */
  static Matrix of(INDArray array, long offset, int rows, int columns) {
    return new Matrix(array, offset, rows, columns, columns, false);
  }

  /** Some columns, all rows. */
  Matrix columns(int from, int count) {
    return new Matrix(memory, offset + from, rows, count, stride, transposed);
  }

  /** Some rows, all columns. */
  Matrix rows(int from, int count) {
    return new Matrix(memory, offset + (long) from * stride, count, columns, stride, transposed);
  }

  /** The transpose, of the same memory. */
  Matrix t() {
    return new Matrix(memory, offset, rows, columns, stride, !transposed);
  }

  /** Rows of what products take. */
  int height() {
    return transposed ? columns : rows;
  }

  /** Columns of what products take. */
  int width() {
    return transposed ? rows : columns;
  }
}
