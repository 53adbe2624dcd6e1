package dev.larkspur.safetensors;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HostCopy;
import java.nio.FloatBuffer;
import java.util.Random;

/** A vector on the heap. */
final class HeapVector implements FlatVector {
  final float[] values;

  HeapVector(float[] values) {
    this.values = values;
  }

  static HeapVector random(long length) {
    float[] values = new float[(int) length];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new HeapVector(values);
  }

  @Override
  public long length() {
    return values.length;
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    into.put(values, (int) offset, into.remaining());
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    from.get(values, (int) offset, from.remaining());
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    throw new UnsupportedOperationException("it lies in the host's memory");
  }
}
