package dev.larkspur.tensor;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** One of a replica's flat vectors, on the host or on a device. Not thread-safe. */
public interface FlatVector {
  /** Maximum number of elements that a copy buffers on the heap. */
  int COPIED_AT_ONCE = 1 << 20;

  /** Number of elements. */
  long length();

  /** A range as a vector that shares this one's memory. */
  default FlatVector slice(long offset, long length) {
    return new VectorSlice(this, offset, length);
  }

  /** Copies another vector of the same length into this one. */
  default void copy(FlatVector from) {
    if (from.length() != length()) {
      throw new IllegalArgumentException(
          "%d values do not fit into %d".formatted(from.length(), length()));
    }
    FloatBuffer chunk = FloatBuffer.allocate((int) Math.min(length(), COPIED_AT_ONCE));
    for (long done = 0; done < length(); done += chunk.capacity()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), length() - done));
      from.read(done, chunk);
      write(done, chunk.flip());
    }
  }

  /** Whether no element is NaN or infinite. */
  default boolean isFinite() {
    FloatBuffer chunk = FloatBuffer.allocate((int) Math.min(length(), COPIED_AT_ONCE));
    for (long done = 0; done < length(); done += chunk.capacity()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), length() - done));
      read(done, chunk);
      for (float value : Arrays.copyOf(chunk.array(), chunk.limit())) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Copies elements [offset, offset + into.remaining()) to a buffer. */
  void read(long offset, FloatBuffer into);

  /** Allocates memory for copies of elements [from, to), without copying yet. */
  HostCopy hostCopy(long from, long to);

  /** Copies {@code from.remaining()} elements from a buffer, starting at {@code offset}. */
  void write(long offset, FloatBuffer from);

  /** A range of a vector; reads and writes go to that vector. */
  record VectorSlice(FlatVector vector, long offset, long length) implements FlatVector {

    @Override
    public void read(long from, FloatBuffer into) {
      vector.read(offset + from, into);
    }

    @Override
    public HostCopy hostCopy(long from, long to) {
      return vector.hostCopy(offset + from, offset + to);
    }

    @Override
    public void write(long to, FloatBuffer from) {
      vector.write(offset + to, from);
    }
  }

  /**
   * A copy of a range of a flat vector in host memory, which each {@link #take} overwrites. Another
   * thread may read the copy while the vector changes.
   */
  public interface HostCopy extends AutoCloseable {

    /** Number of elements. */
    long length();

    /** Copies the current values of the range, and overwrites the previous copy. */
    void take();

    /** Copies elements [offset, offset + into.remaining()) of the range to a buffer. */
    void read(long offset, FloatBuffer into);

    @Override
    void close();
  }
}
