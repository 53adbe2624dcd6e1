package dev.larkspur.engine.dl4j;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import dev.larkspur.engine.InitialValues.Orthonormalization;

/** Orthonormal rows or columns by LAPACK's QR decomposition, in fp64, on the host. */
final class LapackOrthonormalization implements Orthonormalization {

  @Override
  public void apply(float[] matrix, int rows, int columns) {
    boolean tall = rows > columns;
    int large = Math.max(rows, columns);
    int small = Math.min(rows, columns);
    // Column-major [large, small]: a wide row-major matrix as it is.
    double[] a = new double[matrix.length];
    for (int i = 0; i < a.length; i++) {
      a[tall ? transposed(i, rows, columns) : i] = matrix[i];
    }
    double[] reflections = new double[small];
    check("dgeqrf", LAPACKE_dgeqrf(LAPACK_COL_MAJOR, large, small, a, large, reflections));
    double[] signs = new double[small];
    for (int i = 0; i < small; i++) {
      signs[i] = Math.signum(a[i * large + i]);
    }
    check("dorgqr", LAPACKE_dorgqr(LAPACK_COL_MAJOR, large, small, small, a, large, reflections));
    for (int i = 0; i < a.length; i++) {
      int at = tall ? transposed(i, rows, columns) : i;
      matrix[i] = (float) (signs[at / large] * a[at]);
    }
  }

  /** Where an element of a row-major matrix is in its transpose. */
  private static int transposed(int i, int rows, int columns) {
    return i % columns * rows + i / columns;
  }

  private static void check(String function, int failure) {
    if (failure != 0) {
      throw new IllegalStateException("LAPACK's " + function + " returns " + failure);
    }
  }
}
