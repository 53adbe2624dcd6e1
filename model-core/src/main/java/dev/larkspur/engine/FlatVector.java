package dev.larkspur.engine;

import java.nio.FloatBuffer;

/** One of a replica's flat vectors, wherever its memory is. Not thread-safe. */
public interface FlatVector {

  /** Number of elements. */
  long length();

  /** Copies elements [offset, offset + into.remaining()) out. */
  void read(long offset, FloatBuffer into);

  /** Memory for copies of elements [from, to); nothing is taken yet. */
  HostCopy hostCopy(long from, long to);

  /** Copies {@code from.remaining()} elements in, from {@code offset} on. */
  void write(long offset, FloatBuffer from);
}
