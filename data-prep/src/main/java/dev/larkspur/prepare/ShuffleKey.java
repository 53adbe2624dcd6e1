package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import java.nio.ByteBuffer;

/**
 * Keys of both shuffles: one byte of kind (a split, or statistics), eight bytes whose range decides
 * the partition, eight more that make the order total. Compared as unsigned bytes.
 */
final class ShuffleKey {
  static final int STATISTICS = Split.values().length;
  static final int BYTES = 17;

  private ShuffleKey() {}

  static byte[] of(int kind, long range, long rest) {
    return ByteBuffer.allocate(BYTES).put((byte) kind).putLong(range).putLong(rest).array();
  }

  static int kind(byte[] key) {
    return key[0];
  }

  static long range(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  static long rest(byte[] key) {
    return ByteBuffer.wrap(key).getLong(9);
  }
}
