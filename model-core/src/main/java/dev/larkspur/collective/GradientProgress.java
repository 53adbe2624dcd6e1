package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;

/** Learns during a backward pass which elements of the gradient are final. */
@FunctionalInterface
public interface GradientProgress {

  /**
   * Marks the elements from {@code offset} to the end as final in this step, but not those of a
   * matrix that is completed by {@link #add}.
   */
  void complete(long offset);

  /**
   * Offers a matrix that is final but for some rows: the gradient of an embedding that is also the
   * head. The head completes it at the beginning of the backward pass, and the rows of the batch's
   * tokens come at its end. It must be the first of the gradient, which must not be used any more
   * if this accepts.
   *
   * @param rows number of rows that {@link #add} will get, the same on every worker
   * @return whether the caller must hand the rows to {@link #add} before it completes offset 0; if
   *     not, it adds them itself
   */
  default boolean completeBut(int rows, Matrix matrix) {
    return false;
  }

  /**
   * Takes the rows that the matrix lacks.
   *
   * @param rows which rows of the matrix they belong to; some may be named more than once
   * @param values what to add to them, [rows · width]; not used after this has returned
   */
  default void add(int[] rows, FlatVector values) {
    throw new IllegalStateException("no matrix waits for rows");
  }

  /**
   * The size of a matrix.
   *
   * @param rows number of rows
   * @param width values of a row
   */
  record Matrix(int rows, int width) {
    /** Number of values. */
    public long length() {
      return (long) rows * width;
    }
  }
}
