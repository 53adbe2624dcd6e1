package dev.larkspur.collective;

import dev.larkspur.collective.GradientProgress.Matrix;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Adds rows of all workers to a matrix that is already summed. Each worker first adds up its rows
 * of the same index, then all receive everybody's rows and add them in the order of the ranks, so
 * the matrix has the same bits on every worker.
 */
final class LateRows {
  /** Values of one message, 4 MB: a matrix's rows may not fit into the heap a second time. */
  private static final int VALUES_AT_ONCE = 1 << 20;

  private final Collective peers;
  private final FlatVector gradient;
  private final Matrix matrix;
  private final float[] row;

  /** By row of the matrix: one more than its place among the collected ones, or 0. */
  private final int[] places;

  private int[] indexes = {};
  private float[] sums = {};
  private int count;

  /** Rows for the matrix at the beginning of a gradient. */
  LateRows(Collective peers, FlatVector gradient, Matrix matrix) {
    this.peers = peers;
    this.gradient = gradient;
    this.matrix = matrix;
    this.row = new float[matrix.width()];
    this.places = new int[matrix.rows()];
  }

  /** Whether the rows of all workers are fewer values than the sum of the whole matrix takes. */
  static boolean pay(int rows, Matrix matrix, int worldSize) {
    // A worker receives (W - 1) rows, or 2 (W - 1) / W of the matrix.
    return worldSize > 1 && (long) rows * worldSize <= 2L * matrix.rows();
  }

  /** Collects rows of this worker, as {@link GradientProgress#add} gets them. */
  void collect(int[] rows, FlatVector values) {
    int width = matrix.width();
    clear();
    if (indexes.length < rows.length) {
      indexes = new int[rows.length];
      sums = new float[Math.multiplyExact(rows.length, width)];
    }
    for (int i = 0; i < rows.length; i++) {
      values.read((long) i * width, FloatBuffer.wrap(row));
      int place = places[rows[i]] - 1;
      if (place < 0) {
        System.arraycopy(row, 0, sums, count * width, width);
        indexes[count++] = rows[i];
        places[rows[i]] = count;
      } else {
        int to = place * width;
        for (int j = 0; j < width; j++) {
          sums[to + j] += row[j];
        }
      }
    }
  }

  private void clear() {
    for (int i = 0; i < count; i++) {
      places[indexes[i]] = 0;
    }
    count = 0;
  }

  /** Adds the rows of all workers. */
  void exchange() {
    int[][] all = peers.allGather(Arrays.copyOf(indexes, count));
    int most = Arrays.stream(all).mapToInt(each -> each.length).max().orElseThrow();
    int atOnce = Math.max(1, VALUES_AT_ONCE / matrix.width());
    for (int from = 0; from < most; from += atOnce) {
      int[][] values = peers.allGather(bits(from, Math.min(from + atOnce, count)));
      for (int rank = 0; rank < all.length; rank++) {
        add(all[rank], from, values[rank]);
      }
    }
    clear();
  }

  /** The values of rows [from, to), as bits. */
  private int[] bits(int from, int to) {
    int width = matrix.width();
    int[] bits = new int[Math.max(0, to - from) * width];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(sums[from * width + i]);
    }
    return bits;
  }

  private void add(int[] rows, int from, int[] bits) {
    int width = matrix.width();
    for (int i = 0; i < bits.length / width; i++) {
      long offset = (long) rows[from + i] * width;
      gradient.read(offset, FloatBuffer.wrap(row));
      for (int j = 0; j < width; j++) {
        row[j] += Float.intBitsToFloat(bits[i * width + j]);
      }
      gradient.write(offset, FloatBuffer.wrap(row));
    }
  }
}
