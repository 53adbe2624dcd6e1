package dev.larkspur.tensor;

import java.nio.FloatBuffer;

/**
 * A copy of a range of a flat vector in the host's memory, taken again and again in the same place.
 * What was taken may be read by another thread while the vector changes.
 */
public interface HostCopy extends AutoCloseable {

  /** Number of elements. */
  long length();

  /** Copies the range as it is now over what was taken before. */
  void take();

  /** Copies elements [offset, offset + into.remaining()) of the range out. */
  void read(long offset, FloatBuffer into);

  @Override
  void close();
}
