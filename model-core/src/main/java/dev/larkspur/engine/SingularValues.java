package dev.larkspur.engine;

import java.util.Arrays;

/**
 * Draws the singular values of a matrix of independent standard normal numbers without the matrix.
 * Reflections that make the matrix bidiagonal leave independent χ variables: with m rows and n ≤ m
 * columns, the diagonal has m, m − 1, … m − n + 1 degrees of freedom and the superdiagonal n − 1, …
 * 1 (Silverstein 1985, "The smallest eigenvalue of a large dimensional Wishart matrix").
 */
final class SingularValues {
  private static final int ITERATIONS = 60;

  private SingularValues() {}

  /**
   * The largest singular values, descending.
   *
   * @param count how many, up to the smaller dimension
   */
  static double[] largest(GaussianStream random, int out, int in, int count) {
    int m = Math.max(out, in);
    int n = Math.min(out, in);
    double[] diagonal = new double[n];
    double[] beside = new double[n];
    // With B bidiagonal, BᵀB is tridiagonal: d² + e² on its diagonal and d·e beside it.
    ChiSquared squares = new ChiSquared(random);
    double above = 0;
    for (int i = 0; i < n; i++) {
      double d = squares.next(m - i);
      double e = i == n - 1 ? 0 : squares.next(n - 1 - i);
      diagonal[i] = d + above;
      beside[i] = Math.sqrt(d * e);
      above = e;
    }
    eigenvalues(diagonal, beside);
    Arrays.sort(diagonal);
    double[] largest = new double[count];
    for (int i = 0; i < count; i++) {
      largest[i] = Math.sqrt(Math.max(0, diagonal[n - 1 - i]));
    }
    return largest;
  }

  /**
   * Replaces the diagonal of a symmetric tridiagonal matrix by its eigenvalues, by implicit QL
   * steps with Wilkinson's shift (Golub and Van Loan, section 8.3).
   *
   * @param d diagonal, [n]
   * @param e element i is beside d[i] and d[i + 1], [n]; overwritten
   */
  static void eigenvalues(double[] d, double[] e) {
    for (int first = 0; first < d.length; first++) {
      int last = split(d, e, first);
      for (int iteration = 0; last > first; iteration++) {
        if (iteration == ITERATIONS) {
          throw new IllegalStateException("the eigenvalues of a matrix do not converge");
        }
        step(d, e, first, last);
        last = split(d, e, first);
      }
    }
  }

  /** End of the block that begins with a row: the first negligible element is beside it. */
  private static int split(double[] d, double[] e, int first) {
    int last = first;
    while (last < d.length - 1
        && Math.abs(e[last]) > Math.ulp(1.0) * (Math.abs(d[last]) + Math.abs(d[last + 1]))) {
      last++;
    }
    return last;
  }

  private static void step(double[] d, double[] e, int first, int last) {
    double half = (d[first + 1] - d[first]) / (2 * e[first]);
    double root = Math.sqrt(half * half + 1);
    double shifted = d[last] - d[first] + e[first] / (half + Math.copySign(root, half));
    double s = 1;
    double c = 1;
    double p = 0;
    for (int i = last - 1; i >= first; i--) {
      double f = s * e[i];
      double b = c * e[i];
      double r = Math.sqrt(f * f + shifted * shifted);
      e[i + 1] = r;
      if (r == 0) {
        d[i + 1] -= p;
        e[last] = 0;
        return;
      }
      s = f / r;
      c = shifted / r;
      double before = d[i + 1] - p;
      double turned = (d[i] - before) * s + 2 * c * b;
      p = s * turned;
      d[i + 1] = before + p;
      shifted = c * turned - b;
    }
    d[first] -= p;
    e[first] = shifted;
    e[last] = 0;
  }

  /**
   * Draws χ² variables, by the rejection method for Γ variables of Marsaglia and Tsang (2000), "A
   * simple method for generating gamma variables".
   */
  static final class ChiSquared {
    private final GaussianStream random;
    private long used;

    ChiSquared(GaussianStream random) {
      this.random = random;
    }

    /** The sum of the squares of as many independent standard normal variables. */
    double next(int degrees) {
      if (degrees == 1) {
        double x = random.at(used++);
        return x * x;
      }
      double d = degrees / 2.0 - 1.0 / 3;
      double c = 1 / Math.sqrt(9 * d);
      while (true) {
        double x = random.at(used++);
        // Exponentially distributed, as the negative logarithm of a uniform variable is.
        double y = random.at(used++);
        double z = random.at(used++);
        double exponential = (y * y + z * z) / 2;
        double root = 1 + c * x;
        double v = root * root * root;
        if (v > 0 && -exponential < x * x / 2 + d - d * v + d * StrictMath.log(v)) {
          return 2 * d * v;
        }
      }
    }
  }
}
