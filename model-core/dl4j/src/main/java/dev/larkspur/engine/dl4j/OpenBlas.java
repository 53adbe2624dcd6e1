package dev.larkspur.engine.dl4j;

import static dev.larkspur.engine.dl4j.HostMemory.doubles;
import static dev.larkspur.engine.dl4j.HostMemory.floats;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

/** Products by OpenBLAS, which supports strided rows without a copy. */
final class OpenBlas {
  /**
   * Up to this number of multiplications, and of elements of the result if B is transposed,
   * OpenBLAS multiplies matrices in place (on CPUs with AVX-512: its {@code
   * sgemm_small_kernel_permit}). Otherwise it packs both first, which takes seven times as long as
   * the product of one row.
   */
  private static final long UNPACKED = 100L * 100 * 100;

  private static final long UNPACKED_RESULT = 1200;

  /** Up to this number of rows, reading the other matrix again is faster than packing it. */
  private static final int FEW = 4;

  private OpenBlas() {}

  /** C = α A B + β C. */
  static void multiply(double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    int m = a.height();
    int n = b.width();
    int k = a.width();
    if (k != b.height() || m != c.rows() || n != c.columns() || c.transposed()) {
      throw new IllegalArgumentException("shapes do not match: %s, %s, %s".formatted(a, b, c));
    }
    long elements = (long) m * n;
    boolean packed = elements * k > UNPACKED || (b.transposed() && elements > UNPACKED_RESULT);
    if (!a.transposed() && (m == 1 || (m <= FEW && packed))) {
      for (int row = 0; row < m; row++) {
        multiplyRow(alpha, a.rows(row, 1), b, beta, c.rows(row, 1));
      }
    } else {
      multiplyAll(alpha, a, b, beta, c);
    }
  }

  private static void multiplyAll(double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    if (HostMemory.isDouble(c.memory())) {
      cblas_dgemm(
          CblasRowMajor,
          transposition(a),
          transposition(b),
          a.height(),
          b.width(),
          a.width(),
          alpha,
          doubles(a),
          a.stride(),
          doubles(b),
          b.stride(),
          beta,
          doubles(c),
          c.stride());
    } else {
      cblas_sgemm(
          CblasRowMajor,
          transposition(a),
          transposition(b),
          a.height(),
          b.width(),
          a.width(),
          (float) alpha,
          floats(a),
          a.stride(),
          floats(b),
          b.stride(),
          (float) beta,
          floats(c),
          c.stride());
    }
  }

  /** cᵀ = α Bᵀ aᵀ + β cᵀ for one row. */
  private static void multiplyRow(double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    if (HostMemory.isDouble(c.memory())) {
      cblas_dgemv(
          CblasRowMajor,
          transposition(b.t()),
          b.rows(),
          b.columns(),
          alpha,
          doubles(b),
          b.stride(),
          doubles(a),
          1,
          beta,
          doubles(c),
          1);
    } else {
      cblas_sgemv(
          CblasRowMajor,
          transposition(b.t()),
          b.rows(),
          b.columns(),
          (float) alpha,
          floats(b),
          b.stride(),
          floats(a),
          1,
          (float) beta,
          floats(c),
          1);
    }
  }

  private static int transposition(Matrix matrix) {
    return matrix.transposed() ? CblasTrans : CblasNoTrans;
  }
}
