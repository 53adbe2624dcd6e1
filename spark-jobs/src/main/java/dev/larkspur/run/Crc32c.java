package dev.larkspur.run;

import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli) in hexadecimal. The checksum of a file can be combined from those of its
 * pieces, so that several ranks can read one file. It misses one of 2^32 random errors and runs at
 * memory speed; it does not protect against deliberate changes.
 */
final class Crc32c {
  /** The polynomial, lowest power first. */
  private static final int POLYNOMIAL = 0x82F63B78;

  private Crc32c() {}

  static String hex(long crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }

  static String hex(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, 0, content.length);
    return hex(crc.getValue());
  }

  /**
   * The checksum of two consecutive pieces, like zlib's {@code crc32_combine}: appending zeros is a
   * linear map of the CRC, and repeated squaring of the map for one bit gives those for 2, 4, 8 …
   * bits.
   *
   * @param secondLength length of the second piece, bytes
   */
  static long combine(long first, long second, long secondLength) {
    int[] zeros = new int[Integer.SIZE];
    zeros[0] = POLYNOMIAL;
    for (int bit = 1; bit < Integer.SIZE; bit++) {
      zeros[bit] = 1 << (bit - 1);
    }
    // From one bit to one byte.
    for (int doubling = 0; doubling < 3; doubling++) {
      zeros = square(zeros);
    }
    int crc = (int) first;
    for (long left = secondLength; left > 0; left >>= 1) {
      if ((left & 1) == 1) {
        crc = times(zeros, crc);
      }
      zeros = square(zeros);
    }
    return Integer.toUnsignedLong(crc ^ (int) second);
  }

  private static int times(int[] columns, int bits) {
    int sum = 0;
    for (int column = 0, left = bits; left != 0; column++, left >>>= 1) {
      if ((left & 1) == 1) {
        sum ^= columns[column];
      }
    }
    return sum;
  }

  private static int[] square(int[] columns) {
    int[] square = new int[Integer.SIZE];
    for (int column = 0; column < Integer.SIZE; column++) {
      square[column] = times(columns, columns[column]);
    }
    return square;
  }
}
