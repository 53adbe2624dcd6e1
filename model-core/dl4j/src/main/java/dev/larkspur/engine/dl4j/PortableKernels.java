package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.Normalization.RowNorm;
import dev.larkspur.model.DecoderVariant.Norm;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Kernels composed of ND4J's operations, which every backend supports. They are slower than {@link
 * CpuKernels}, since they copy arrays that are not contiguous.
 */
final class PortableKernels implements Kernels {

  @Override
  public void multiply(double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    INDArray target = array(c);
    try (INDArray product = array(a).mmul(array(b))) {
      product.muli(alpha);
      if (beta == 0) {
        target.assign(product);
      } else {
        target.muli(beta).addi(product);
      }
    }
  }

  private static INDArray array(Matrix matrix) {
    long row = matrix.offset() / matrix.stride();
    long column = matrix.offset() % matrix.stride();
    INDArray view =
        matrix
            .memory()
            .reshape('c', true, matrix.memory().length() / matrix.stride(), matrix.stride())
            .get(
                NDArrayIndex.interval(row, row + matrix.rows()),
                NDArrayIndex.interval(column, column + matrix.columns()));
    return matrix.transposed() ? view.transpose() : view;
  }

  @Override
  public void addColumnSums(INDArray matrix, double alpha, double beta, INDArray sums) {
    try (INDArray added = matrix.sum(0)) {
      INDArray scaled = added.muli(alpha).reshape(sums.shape());
      if (beta == 0) {
        sums.assign(scaled);
      } else {
        sums.muli(beta).addi(scaled);
      }
    }
  }

  @Override
  public void copy(Matrix from, Matrix to) {
    array(to).assign(array(from));
  }

  @Override
  public void addRow(INDArray row, INDArray matrix) {
    matrix.addi(row.reshape(1, row.length()), matrix);
  }

  @Override
  public void add(INDArray added, INDArray sum) {
    sum.addi(added);
  }

  @Override
  public void normalize(INDArray x, RowNorm norm, INDArray y) {
    INDArray centred = norm.kind() == Norm.LAYER_NORM ? x.sub(x.mean(true, 1)) : x;
    INDArray scale = centred.mul(centred).mean(true, 1).addi(norm.epsilon());
    y.assign(centred.div(Transforms.sqrt(scale, false)));
    y.muli(norm.weight().reshape(1, x.size(1)), y);
    if (norm.bias() != null) {
      addRow(norm.bias(), y);
    }
  }

  @Override
  public void gather(INDArray table, int[] ids, INDArray rows) {
    TokenIds.requireBelow(table.size(0), ids);
    for (int i = 0; i < ids.length; i++) {
      rows.getRow(i).assign(table.getRow(ids[i]));
    }
  }

  @Override
  public void scatterAdd(INDArray rows, int[] ids, INDArray table) {
    TokenIds.requireBelow(table.size(0), ids);
    for (int i = 0; i < ids.length; i++) {
      table.getRow(ids[i]).addi(rows.getRow(i));
    }
  }

  @Override
  public void rotate(INDArray qkv, int heads, int[] positions, RotaryTable angles, int direction) {
    int half = angles.half();
    INDArray cosines = rows(positions, half, angles::cosine).castTo(qkv.dataType());
    INDArray sines = rows(positions, half, angles::sine).castTo(qkv.dataType()).muli(direction);
    for (int head = 0; head < heads; head++) {
      long from = (long) head * angles.headDim();
      INDArray first = columns(qkv, from, half);
      INDArray second = columns(qkv, from + half, half);
      INDArray a = first.mul(cosines).subi(second.mul(sines));
      INDArray b = second.mul(cosines).addi(first.mul(sines));
      first.assign(a);
      second.assign(b);
    }
  }

  private static INDArray rows(int[] positions, int half, Angle angle) {
    double[][] rows = new double[positions.length][half];
    for (int token = 0; token < positions.length; token++) {
      for (int pair = 0; pair < half; pair++) {
        rows[token][pair] = angle.of(positions[token], pair);
      }
    }
    return Nd4j.createFromArray(rows);
  }

  private interface Angle {
    double of(int position, int pair);
  }

  private static INDArray columns(INDArray matrix, long from, long count) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + count));
  }

  @Override
  public void transposeRows(INDArray from, int height, INDArray to) {
    long rows = from.size(0);
    long width = from.size(1) / height;
    to.reshape('c', true, rows, width, height)
        .assign(from.reshape('c', rows, height, width).permute(0, 2, 1));
  }

  @Override
  public void maskFuture(INDArray scores) {
    int length = Math.toIntExact(scores.size(1));
    double[][] mask = new double[length][length];
    for (int row = 0; row < length; row++) {
      Arrays.fill(mask[row], row + 1, length, MASKED);
    }
    INDArray added = Nd4j.createFromArray(mask).castTo(scores.dataType());
    scores.addi(added.reshape(1, length, length));
  }

  @Override
  public void maskUnread(INDArray scores, int[] positions) {
    long longest = scores.size(1);
    long queries = scores.size(0) / positions.length;
    for (int sequence = 0; sequence < positions.length; sequence++) {
      if (positions[sequence] + 1 < longest) {
        scores
            .get(
                NDArrayIndex.interval(sequence * queries, (sequence + 1) * queries),
                NDArrayIndex.interval(positions[sequence] + 1, longest))
            .assign(MASKED);
      }
    }
  }

  @Override
  public void subtractLabels(INDArray probabilities, int[] labels, double[] picked) {
    TokenIds.requireBelow(probabilities.size(1), labels);
    for (int token = 0; token < labels.length; token++) {
      picked[token] = probabilities.getDouble(token, labels[token]);
      probabilities.putScalar(token, labels[token], picked[token] - 1);
    }
  }

  @Override
  public double sumOfSquares(INDArray vector, long from, long to) {
    double sum = 0;
    // In ranges, since ND4J accumulates 32-bit floats in a 32-bit float.
    long part = 1024L * 1024;
    for (long start = from; start < to; start += part) {
      INDArray values = interval(vector, start, Math.min(to, start + part));
      try (INDArray squares = values.dup().castTo(DataType.DOUBLE)) {
        squares.muli(squares);
        sum += squares.sumNumber().doubleValue();
      }
    }
    return sum;
  }

  @Override
  public void read(INDArray vector, long offset, FloatBuffer into) {
    if (into.hasRemaining()) {
      into.put(
          interval(vector, offset, offset + into.remaining())
              .castTo(DataType.FLOAT)
              .dup()
              .toFloatVector());
    }
  }

  @Override
  public void write(INDArray vector, long offset, FloatBuffer from) {
    if (from.hasRemaining()) {
      float[] values = new float[from.remaining()];
      from.get(values);
      interval(vector, offset, offset + values.length).assign(Nd4j.createFromArray(values));
    }
  }

  private static INDArray interval(INDArray vector, long from, long to) {
    return vector.reshape('c', true, vector.length()).get(NDArrayIndex.interval(from, to));
  }
}
