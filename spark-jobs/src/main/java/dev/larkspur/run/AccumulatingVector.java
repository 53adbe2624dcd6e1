package dev.larkspur.run;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HostCopy;

import java.nio.FloatBuffer;

/** A vector to which what is written is added. */
record AccumulatingVector(FlatVector sum) implements FlatVector {

  @Override
  public long length() {
    return sum.length();
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    sum.read(offset, into);
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    return sum.hostCopy(from, to);
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    FloatBuffer values = FloatBuffer.allocate(from.remaining());
    sum.read(offset, values);
    values.flip();
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, values.get(i) + from.get());
    }
    sum.write(offset, values);
  }
}
