package dev.larkspur.tensor;

import java.nio.FloatBuffer;

/** A part of a vector, read and written through the whole. */
record VectorSlice(FlatVector whole, long offset, long length) implements FlatVector {

  @Override
  public void read(long from, FloatBuffer into) {
    whole.read(offset + from, into);
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    return whole.hostCopy(offset + from, offset + to);
  }

  @Override
  public void write(long to, FloatBuffer from) {
    whole.write(offset + to, from);
  }
}
