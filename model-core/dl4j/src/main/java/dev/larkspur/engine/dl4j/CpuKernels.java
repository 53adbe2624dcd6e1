package dev.larkspur.engine.dl4j;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import dev.larkspur.engine.dl4j.Values.Doubles;
import dev.larkspur.engine.dl4j.Values.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels on the host's memory: products by OpenBLAS on addresses with strides, since {@code
 * Nd4j.gemm} copies what is not contiguous, and loops over raw memory.
 */
final class CpuKernels implements Kernels {
  /** Tokens whose columns are summed by one product. */
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
    int ta = a.transposed() ? CblasTrans : CblasNoTrans;
    int tb = b.transposed() ? CblasTrans : CblasNoTrans;
    int m = a.height();
    int n = b.width();
    int k = a.width();
    if (k != b.height() || m != c.rows() || n != c.columns() || c.transposed()) {
      throw new IllegalArgumentException("shapes do not match: %s, %s, %s".formatted(a, b, c));
    }
    if (isDouble(c.memory())) {
      cblas_dgemm(
          CblasRowMajor,
          ta,
          tb,
          m,
          n,
          k,
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
          ta,
          tb,
          m,
          n,
          k,
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

  @Override
  public void addColumnSums(INDArray matrix, double scale, double keep, INDArray sums) {
    int rows = Math.toIntExact(matrix.size(0));
    int columns = Math.toIntExact(matrix.size(1));
    for (int from = 0; from < rows; from += ONES) {
      int count = Math.min(ONES, rows - from);
      double kept = from == 0 ? keep : 1;
      long start = (long) from * columns;
      if (isDouble(matrix)) {
        cblas_dgemv(
            CblasRowMajor,
            CblasTrans,
            count,
            columns,
            scale,
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
            (float) scale,
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
    int width = from.memory().dataType().width();
    long source = address(from.memory(), from.offset());
    long target = address(to.memory(), to.offset());
    for (long row = 0; row < from.rows(); row++) {
      Pointer.memcpy(
          new Address(target + row * to.stride() * width),
          new Address(source + row * from.stride() * width),
          (long) from.columns() * width);
    }
  }

  @Override
  public void gather(INDArray table, int[] ids, INDArray rows) {
    long bytes = table.size(1) * table.dataType().width();
    long from = address(table, 0);
    long to = address(rows, 0);
    for (int i = 0; i < ids.length; i++) {
      Pointer.memcpy(new Address(to + i * bytes), new Address(from + ids[i] * bytes), bytes);
    }
  }

  @Override
  public void scatterAdd(INDArray rows, int[] ids, INDArray table) {
    int width = Math.toIntExact(table.size(1));
    for (int i = 0; i < ids.length; i++) {
      long from = (long) i * width;
      long to = (long) ids[i] * width;
      if (isDouble(table)) {
        cblas_daxpy(width, 1, doubles(rows, from), 1, doubles(table, to), 1);
      } else {
        cblas_saxpy(width, 1, floats(rows, from), 1, floats(table, to), 1);
      }
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
        long first = (long) token * width + head * 2L * half;
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
    // Four sums, so that additions need not wait for each other.
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

  private static boolean isDouble(INDArray array) {
    return array.dataType() == DataType.DOUBLE;
  }

  private static Values values(INDArray array, long from) {
    return isDouble(array) ? new Doubles(doubles(array, from)) : new Floats(floats(array, from));
  }

  private static FloatPointer floats(Matrix matrix) {
    return floats(matrix.memory(), matrix.offset());
  }

  private static DoublePointer doubles(Matrix matrix) {
    return doubles(matrix.memory(), matrix.offset());
  }

  private static FloatPointer floats(INDArray array, long element) {
    return new FloatPointer(new Address(address(array, element)))
        .capacity(array.length() - element);
  }

  private static DoublePointer doubles(INDArray array, long element) {
    return new DoublePointer(new Address(address(array, element)))
        .capacity(array.length() - element);
  }

  /** A view's address has its offset in it. */
  private static long address(INDArray array, long element) {
    return array.data().addressPointer().address() + element * array.dataType().width();
  }

  /** An address as JavaCPP takes it; owns nothing. */
  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
