package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keys of both shuffles: one byte of kind (a split, or statistics), eight bytes whose range
 * determines the partition, eight more that make the order total. Compared as unsigned bytes.
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

  /**
   * Keys of documents of several sources: a {@link ShuffleKey}, then the source (one byte), the
   * epoch (one byte) and the draw, eight bytes that determine which documents are excluded. The
   * draw is a function of seed and content, independent of split and bucket.
   */
  static final class MixKey {
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
}
