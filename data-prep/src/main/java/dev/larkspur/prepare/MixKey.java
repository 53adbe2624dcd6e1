package dev.larkspur.prepare;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keys of documents of several sources: a {@link ShuffleKey}, then the source (one byte), the epoch
 * (one byte) and the draw, eight bytes that decide which documents are left out. The draw is a
 * function of seed and content that neither split nor bucket depend on.
 */
final class MixKey {
  private static final int SOURCE = 17;
  private static final int EPOCH = 18;
  private static final int DRAW = 19;
  static final int BYTES = 27;

  private MixKey() {}

  static byte[] of(byte[] shuffleKey, int source, int epoch, long draw) {
    byte[] key = Arrays.copyOf(shuffleKey, BYTES);
    ByteBuffer.wrap(key).put(SOURCE, (byte) source).put(EPOCH, (byte) epoch).putLong(DRAW, draw);
    return key;
  }

  /** Whether two keys are of documents with the same text, source and epoch. */
  static boolean same(byte[] one, byte[] other) {
    return one.length >= BYTES
        && other.length >= BYTES
        && Arrays.equals(one, 0, BYTES, other, 0, BYTES);
  }

  static int source(byte[] key) {
    return Byte.toUnsignedInt(key[SOURCE]);
  }

  static int epoch(byte[] key) {
    return key[EPOCH];
  }

  static long draw(byte[] key) {
    return ByteBuffer.wrap(key).getLong(DRAW);
  }
}
