package dev.larkspur.tensor;

import java.nio.FloatBuffer;

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
