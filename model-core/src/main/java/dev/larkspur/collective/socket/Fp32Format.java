package dev.larkspur.collective.socket;

import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Unchanged values, 4 bytes each. */
final class Fp32Format implements ValueFormat {
  private final float[] addend;

  /** Allocates memory for at most {@code most} values at once. */
  Fp32Format(int most) {
    this.addend = new float[most];
  }

  @Override
  public int bytes(int values) {
    return values * Float.BYTES;
  }

  @Override
  public void encode(FlatVector vector, long offset, int count, ByteBuffer message) {
    vector.read(offset, next(message, count));
  }

  @Override
  public void decode(ByteBuffer message, FlatVector vector, long offset, int count) {
    vector.write(offset, next(message, count));
  }

  @Override
  public void begin(ByteBuffer message, float[] sum, int count) {
    next(message, count).get(sum, 0, count);
  }

  @Override
  public void add(ByteBuffer message, float[] sum, int count) {
    next(message, count).get(addend, 0, count);
    for (int i = 0; i < count; i++) {
      sum[i] += addend[i];
    }
  }

  @Override
  public void encode(float[] sum, int count, ByteBuffer message) {
    next(message, count).put(sum, 0, count);
  }

  /** Returns the next values of a message, and moves its position past them. */
  private static FloatBuffer next(ByteBuffer message, int count) {
    FloatBuffer values = message.asFloatBuffer().limit(count);
    message.position(message.position() + count * Float.BYTES);
    return values;
  }
}
