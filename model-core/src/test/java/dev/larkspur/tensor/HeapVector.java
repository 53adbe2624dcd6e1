package dev.larkspur.tensor;

import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.FloatBuffer;
import java.util.Random;

/** A vector on the heap, such as an exchange of gradients may keep. */
public final class HeapVector implements FlatVector {
  private final float[] values;

  /** Zeros. */
  public HeapVector(long length) {
    this(new float[(int) length]);
  }

  /** These values, in place. */
  public HeapVector(float... values) {
    this.values = values;
  }

  /** Values from 0 to 1, always the same. */
  public static HeapVector random(long length) {
    HeapVector vector = new HeapVector(length);
    Random random = new Random(1);
    for (int i = 0; i < length; i++) {
      vector.values[i] = random.nextFloat();
    }
    return vector;
  }

  /** The array itself. */
  public float[] values() {
    return values;
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
    HeapVector copy = new HeapVector(to - from);
    return new HostCopy() {
      @Override
      public long length() {
        return copy.length();
      }

      @Override
      public void take() {
        System.arraycopy(values, (int) from, copy.values, 0, copy.values.length);
      }

      @Override
      public void read(long offset, FloatBuffer into) {
        copy.read(offset, into);
      }

      @Override
      public void close() {}
    };
  }
}
