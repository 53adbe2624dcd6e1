package dev.larkspur.collective.socket;

import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Writes 32-bit values to messages, and sums them. Used by one thread. */
interface ValueFormat {

  /** Bytes that a number of values takes in a message. */
  int bytes(int values);

  /** Appends values [offset, offset + count) of a vector. */
  void encode(FlatVector vector, long offset, int count, ByteBuffer message);

  /** Copies the next {@code count} values of a message to a vector, starting at {@code offset}. */
  void decode(ByteBuffer message, FlatVector vector, long offset, int count);

  /** Starts a sum, [count], with the next values of a message. */
  void begin(ByteBuffer message, float[] sum, int count);

  /** Adds the next values of a message to a sum, [count]. */
  void add(ByteBuffer message, float[] sum, int count);

  /** Appends a sum, [count]. */
  void encode(float[] sum, int count, ByteBuffer message);

  /** Unchanged values, 4 bytes each. */
  static final class Fp32Format implements ValueFormat {
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

  /**
   * Values rounded to bfloat16, ties to even, 2 bytes each. The first half of the values is in the
   * low half of the 32-bit words of a message, the second half in the high half, so that both are
   * packed by loops over whole words that the compiler vectorises.
   */
  static final class Bf16Format implements ValueFormat {
    private static final int SIGN = 0x8000_0000;
    private static final int INFINITY = 0x7f80_0000;
    private static final int NAN = 0x7fc0_0000;
    private static final int HIGH_HALF = 0xffff_0000;

    /** One memory as floats and as their bits: [2 * words], first half, then second half. */
    private final FloatBuffer floats;

    private final IntBuffer bits;
    private final float[] addend;
    private final int[] low;
    private final int[] high;
    private final int[] packed;

    /** Allocates memory for at most {@code most} values at once. */
    Bf16Format(int most) {
      int words = words(most);
      ByteBuffer memory =
          ByteBuffer.allocateDirect(2 * words * Float.BYTES).order(ByteOrder.nativeOrder());
      this.floats = memory.asFloatBuffer();
      this.bits = memory.asIntBuffer();
      this.addend = new float[2 * words];
      this.low = new int[words];
      this.high = new int[words];
      this.packed = new int[words];
    }

    private static int words(int values) {
      return (values + 1) / 2;
    }

    @Override
    public int bytes(int values) {
      return words(values) * Integer.BYTES;
    }

    @Override
    public void encode(FlatVector vector, long offset, int count, ByteBuffer message) {
      vector.read(offset, floats.clear().limit(count));
      pack(count, message);
    }

    @Override
    public void decode(ByteBuffer message, FlatVector vector, long offset, int count) {
      unpack(message, count);
      vector.write(offset, floats.clear().limit(count));
    }

    @Override
    public void begin(ByteBuffer message, float[] sum, int count) {
      unpack(message, count);
      floats.clear().get(sum, 0, count);
    }

    @Override
    public void add(ByteBuffer message, float[] sum, int count) {
      unpack(message, count);
      floats.clear().get(addend, 0, count);
      for (int i = 0; i < count; i++) {
        sum[i] += addend[i];
      }
    }

    @Override
    public void encode(float[] sum, int count, ByteBuffer message) {
      floats.clear().put(sum, 0, count);
      pack(count, message);
    }

    /** Appends the first values of the memory. The padding of an odd count is undefined. */
    private void pack(int count, ByteBuffer message) {
      int words = words(count);
      bits.clear().get(low, 0, words).get(high, 0, words);
      round(low, words);
      round(high, words);
      join(low, high, packed, words);
      message.asIntBuffer().put(packed, 0, words);
      message.position(message.position() + words * Integer.BYTES);
    }

    /**
     * Returns the nearest bfloat16 in the high half; the low half is undefined. Rounding the bits
     * of a NaN could give another number, so a NaN is handled separately, without a branch.
     */
    private static int rounded(int bits) {
      int magnitude = bits & ~SIGN;
      int nan = ((INFINITY - magnitude) >> 31) & NAN;
      return (bits + 0x7fff + ((bits >>> 16) & 1)) | nan;
    }

    private static void round(int[] bits, int count) {
      for (int i = 0; i < count; i++) {
        bits[i] = rounded(bits[i]);
      }
    }

    private static void join(int[] low, int[] high, int[] packed, int count) {
      for (int i = 0; i < count; i++) {
        packed[i] = (low[i] >>> 16) | (high[i] & HIGH_HALF);
      }
    }

    private static void shiftLeft(int[] from, int[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = from[i] << 16;
      }
    }

    private static void highHalves(int[] from, int[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = from[i] & HIGH_HALF;
      }
    }

    private void unpack(ByteBuffer message, int count) {
      int words = words(count);
      message.asIntBuffer().get(packed, 0, words);
      message.position(message.position() + words * Integer.BYTES);
      shiftLeft(packed, low, words);
      highHalves(packed, high, words);
      bits.clear().put(low, 0, words).put(high, 0, words);
    }
  }
}
