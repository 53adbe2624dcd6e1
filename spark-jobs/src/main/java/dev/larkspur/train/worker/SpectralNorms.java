package dev.larkspur.train.worker;

import dev.larkspur.engine.Replica;
import dev.larkspur.model.Parameter;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spectral norms of the matrices of the feed-forward networks, by power iteration on WᵀW (Golub and
 * Van Loan, section 8.2). The iteration starts where the last one of the same matrix ended, so that
 * it takes few products once the training is under way.
 */
final class SpectralNorms {
  /** Relative change of the norm at which the iteration ends. */
  private static final double TOLERANCE = 1e-5;

  private static final int MOST_ITERATIONS = 200;
  private static final Pattern FFN = Pattern.compile("layers\\.\\d+\\.(ffn\\..+)\\.weight");

  private final Map<String, double[]> vectors = new HashMap<>();

  /** The largest norm over all layers, by kind of matrix, such as {@code ffn.up.u}. */
  Map<String, Double> of(Replica replica) {
    Map<String, Double> largest = new TreeMap<>();
    for (Parameter matrix : replica.table().matrices()) {
      Matcher name = FFN.matcher(matrix.name());
      if (name.matches()) {
        largest.merge(name.group(1), of(replica, matrix), Math::max);
      }
    }
    return largest;
  }

  /** Norm of one matrix; that of a block-diagonal one is the largest of its blocks. */
  private double of(Replica replica, Parameter matrix) {
    int dimensions = matrix.shape().size();
    int out = matrix.shape().get(dimensions - 2);
    int in = matrix.shape().get(dimensions - 1);
    FloatBuffer block = FloatBuffer.allocate(Math.multiplyExact(out, in));
    double largest = 0;
    for (long at = 0; at < matrix.size(); at += block.capacity()) {
      replica.parameters().read(matrix.offset() + at, block.clear());
      double[] start =
          vectors.computeIfAbsent(matrix.name() + "/" + at, name -> random(name.hashCode(), in));
      largest = Math.max(largest, norm(block.array(), start));
    }
    return largest;
  }

  private static double[] random(int seed, int length) {
    return new SplittableRandom(seed).doubles(length, -1, 1).toArray();
  }

  /**
   * The largest singular value of a matrix.
   *
   * @param matrix row-major, [out, v.length]
   * @param v start of the iteration; becomes the right singular vector
   */
  static double norm(float[] matrix, double[] v) {
    normalize(v);
    double[] u = new double[matrix.length / v.length];
    double norm = 0;
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      multiply(matrix, v, u);
      double before = norm;
      norm = length(u);
      if (norm == 0 || Math.abs(norm - before) <= TOLERANCE * norm) {
        break;
      }
      multiplyTransposed(matrix, u, v);
      normalize(v);
    }
    return norm;
  }

  private static void multiply(float[] matrix, double[] v, double[] into) {
    for (int row = 0; row < into.length; row++) {
      double sum = 0;
      int at = row * v.length;
      for (int column = 0; column < v.length; column++) {
        sum += matrix[at + column] * v[column];
      }
      into[row] = sum;
    }
  }

  private static void multiplyTransposed(float[] matrix, double[] u, double[] into) {
    Arrays.fill(into, 0);
    for (int row = 0; row < u.length; row++) {
      int at = row * into.length;
      for (int column = 0; column < into.length; column++) {
        into[column] += matrix[at + column] * u[row];
      }
    }
  }

  private static double length(double[] vector) {
    double sum = 0;
    for (double value : vector) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static void normalize(double[] vector) {
    double length = length(vector);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
  }
}
