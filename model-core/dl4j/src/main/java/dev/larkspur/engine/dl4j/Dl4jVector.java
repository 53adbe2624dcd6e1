package dev.larkspur.engine.dl4j;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A vector in the memory of an array.
 *
 * @param array [length]
 */
record Dl4jVector(INDArray array, Kernels kernels) implements FlatVector, AutoCloseable {

  /** A vector in the memory of an array of any shape. */
  static Dl4jVector over(INDArray array, Kernels kernels) {
    return new Dl4jVector(array.reshape('c', true, array.length()), kernels);
  }

  /** Allocates a vector of zeros. */
  static Dl4jVector zeros(DataType type, long length, Kernels kernels) {
    // ND4J's empty arrays have no memory to address.
    INDArray memory = Nd4j.create(type, new long[] {Math.max(1, length)}, 'c');
    return new Dl4jVector(part(memory, 0, length), kernels);
  }

  @Override
  public long length() {
    return array == null ? 0 : array.length();
  }

  @Override
  public Dl4jVector slice(long offset, long length) {
    return new Dl4jVector(part(array, offset, length), kernels);
  }

  private static INDArray part(INDArray array, long offset, long length) {
    if (length == 0) {
      return null;
    }
    return length == array.length()
        ? array
        : array.get(NDArrayIndex.interval(offset, offset + length));
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    if (into.hasRemaining()) {
      kernels.read(array, offset, into);
    }
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    if (from.hasRemaining()) {
      kernels.write(array, offset, from);
    }
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    return new Copy(slice(from, to - from), kernels);
  }

  @Override
  public void close() {
    if (array != null && array.closeable()) {
      array.close();
    }
  }

  /** A copy of a range, in an array of 32-bit floats. */
  private static final class Copy implements HostCopy {
    private final Dl4jVector range;
    private final Dl4jVector host;

    Copy(Dl4jVector range, Kernels kernels) {
      this.range = range;
      this.host = zeros(DataType.FLOAT, range.length(), kernels);
    }

    @Override
    public long length() {
      return range.length();
    }

    @Override
    public void take() {
      if (range.length() > 0) {
        host.array.assign(range.array);
      }
    }

    @Override
    public void read(long offset, FloatBuffer into) {
      host.read(offset, into);
    }

    @Override
    public void close() {
      host.close();
    }
  }
}
