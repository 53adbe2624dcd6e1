package dev.larkspur.engine.dl4j;

import static dev.larkspur.engine.dl4j.HostMemory.doubles;
import static dev.larkspur.engine.dl4j.HostMemory.floats;
import static dev.larkspur.engine.dl4j.HostMemory.isDouble;
import static dev.larkspur.engine.dl4j.HostMemory.pointer;
import static dev.larkspur.engine.dl4j.HostMemory.values;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import dev.larkspur.engine.dl4j.Normalization.RowNorm;
import dev.larkspur.model.DecoderVariant.Norm;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels on host memory: loops over raw memory, and products by OpenBLAS on addresses with
 * strides, since {@code Nd4j.gemm} copies arrays that are not contiguous.
 */
final class CpuKernels implements Kernels {
  /** Up to this number of rows, one call for each row costs less than one of ND4J's operators. */
  private static final int FEW = 16;

  /** Number of tokens whose columns one product sums. */
  private static final int ONES = 4096;

  private final FloatPointer floatOnes = new FloatPointer(ones());
  private final DoublePointer doubleOnes = new DoublePointer(wide(ones()));

  private static float[] ones() {
    float[] ones = new float[ONES];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public void multiply(double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    OpenBlas.multiply(alpha, a, b, beta, c);
  }

  @Override
  public void addColumnSums(INDArray matrix, double alpha, double beta, INDArray sums) {
    int rows = Math.toIntExact(matrix.size(0));
    int columns = Math.toIntExact(matrix.size(1));
    for (int from = 0; from < rows; from += ONES) {
      int count = Math.min(ONES, rows - from);
      double kept = from == 0 ? beta : 1;
      long start = (long) from * columns;
      if (isDouble(matrix)) {
        cblas_dgemv(
            CblasRowMajor,
            CblasTrans,
            count,
            columns,
            alpha,
            doubles(matrix, start),
            columns,
            doubleOnes,
            1,
            kept,
            doubles(sums, 0),
            1);
      } else {
        cblas_sgemv(
            CblasRowMajor,
            CblasTrans,
            count,
            columns,
            (float) alpha,
            floats(matrix, start),
            columns,
            floatOnes,
            1,
            (float) kept,
            floats(sums, 0),
            1);
      }
    }
  }

  @Override
  public void copy(Matrix from, Matrix to) {
    long bytes = (long) from.columns() * from.memory().dataType().width();
    for (long row = 0; row < from.rows(); row++) {
      Pointer.memcpy(
          pointer(to.memory(), to.offset() + row * to.stride()),
          pointer(from.memory(), from.offset() + row * from.stride()),
          bytes);
    }
  }

  @Override
  public void addRow(INDArray row, INDArray matrix) {
    if (matrix.size(0) > FEW) {
      matrix.addi(row.reshape(1, row.length()), matrix);
      return;
    }
    for (long i = 0; i < matrix.size(0); i++) {
      add(row, 0, matrix, i * row.length(), row.length());
    }
  }

  @Override
  public void add(INDArray added, INDArray sum) {
    add(added, 0, sum, 0, sum.length());
  }

  private static void add(INDArray added, long from, INDArray sum, long to, long count) {
    if (isDouble(sum)) {
      cblas_daxpy(Math.toIntExact(count), 1, doubles(added, from), 1, doubles(sum, to), 1);
    } else {
      cblas_saxpy(Math.toIntExact(count), 1, floats(added, from), 1, floats(sum, to), 1);
    }
  }

  @Override
  public void normalize(INDArray x, RowNorm norm, INDArray y) {
    int width = Math.toIntExact(x.size(1));
    Values weight = values(norm.weight(), 0);
    Values bias = norm.bias() == null ? null : values(norm.bias(), 0);
    for (long row = 0; row < x.size(0); row++) {
      Values from = values(x, row * width);
      Values to = values(y, row * width);
      double sum = 0;
      for (int i = 0; norm.kind() == Norm.LAYER_NORM && i < width; i++) {
        sum += from.at(i);
      }
      double mean = sum / width;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        double difference = from.at(i) - mean;
        squares += difference * difference;
      }
      double scale = 1 / Math.sqrt(squares / width + norm.epsilon());
      for (int i = 0; i < width; i++) {
        double value = (from.at(i) - mean) * scale * weight.at(i);
        to.set(i, bias == null ? value : value + bias.at(i));
      }
    }
  }

  @Override
  public void gather(INDArray table, int[] ids, INDArray rows) {
    TokenIds.requireBelow(table.size(0), ids);
    long bytes = table.size(1) * table.dataType().width();
    for (int i = 0; i < ids.length; i++) {
      Pointer row = pointer(rows, i * rows.size(1));
      Pointer.memcpy(row, pointer(table, ids[i] * table.size(1)), bytes);
    }
  }

  @Override
  public void scatterAdd(INDArray rows, int[] ids, INDArray table) {
    TokenIds.requireBelow(table.size(0), ids);
    int width = Math.toIntExact(table.size(1));
    for (int i = 0; i < ids.length; i++) {
      add(rows, (long) i * width, table, (long) ids[i] * width, width);
    }
  }

  @Override
  public void rotate(INDArray qkv, int heads, int[] positions, RotaryTable angles, int direction) {
    int width = Math.toIntExact(qkv.size(1));
    int half = angles.half();
    Values values = values(qkv, 0);
    for (int token = 0; token < positions.length; token++) {
      int position = positions[token];
      for (int head = 0; head < heads; head++) {
        long first = (long) token * width + (long) head * angles.headDim();
        for (int i = 0; i < half; i++) {
          double cosine = angles.cosine(position, i);
          double sine = direction * angles.sine(position, i);
          double a = values.at(first + i);
          double b = values.at(first + half + i);
          values.set(first + i, a * cosine - b * sine);
          values.set(first + half + i, b * cosine + a * sine);
        }
      }
    }
  }

  @Override
  public void transposeRows(INDArray from, int height, INDArray to) {
    int length = Math.toIntExact(from.size(1));
    int width = length / height;
    Values source = values(from, 0);
    Values target = values(to, 0);
    for (long row = 0; row < from.size(0); row++) {
      long start = row * length;
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          target.set(start + (long) j * height + i, source.at(start + (long) i * width + j));
        }
      }
    }
  }

  @Override
  public void maskFuture(INDArray scores) {
    long length = scores.size(1);
    Values values = values(scores, 0);
    for (long matrix = 0; matrix < scores.size(0); matrix++) {
      for (long row = 0; row < length; row++) {
        long start = (matrix * length + row) * length;
        for (long column = row + 1; column < length; column++) {
          values.set(start + column, MASKED);
        }
      }
    }
  }

  @Override
  public void maskUnread(INDArray scores, int[] positions) {
    long longest = scores.size(1);
    long queries = scores.size(0) / positions.length;
    Values values = values(scores, 0);
    for (long row = 0; row < scores.size(0); row++) {
      for (long at = positions[(int) (row / queries)] + 1L; at < longest; at++) {
        values.set(row * longest + at, MASKED);
      }
    }
  }

  @Override
  public void subtractLabels(INDArray probabilities, int[] labels, double[] picked) {
    TokenIds.requireBelow(probabilities.size(1), labels);
    long vocabulary = probabilities.size(1);
    Values values = values(probabilities, 0);
    for (int token = 0; token < labels.length; token++) {
      long at = token * vocabulary + labels[token];
      picked[token] = values.at(at);
      values.set(at, picked[token] - 1);
    }
  }

  @Override
  public double sumOfSquares(INDArray vector, long from, long to) {
    Values values = values(vector, from);
    // Four independent sums, so that additions can overlap.
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    long length = to - from;
    long i = 0;
    for (; i + 3 < length; i += 4) {
      a += values.at(i) * values.at(i);
      b += values.at(i + 1) * values.at(i + 1);
      c += values.at(i + 2) * values.at(i + 2);
      d += values.at(i + 3) * values.at(i + 3);
    }
    for (; i < length; i++) {
      a += values.at(i) * values.at(i);
    }
    return a + b + c + d;
  }

  @Override
  public void read(INDArray vector, long offset, FloatBuffer into) {
    int count = into.remaining();
    if (isDouble(vector)) {
      Values values = values(vector, offset);
      for (int i = 0; i < count; i++) {
        into.put((float) values.at(i));
      }
    } else if (count > 0) {
      into.put(floats(vector, offset).capacity(count).asBuffer());
    }
  }

  @Override
  public void write(INDArray vector, long offset, FloatBuffer from) {
    int count = from.remaining();
    if (isDouble(vector)) {
      Values values = values(vector, offset);
      for (int i = 0; i < count; i++) {
        values.set(i, from.get());
      }
    } else if (count > 0) {
      floats(vector, offset).capacity(count).asBuffer().put(from);
    }
  }
}
