package dev.larkspur.tokenizer;

import java.util.Arrays;

/**
 * The letters that represent bytes in byte-level BPE files: printable Latin-1 characters represent
 * themselves; the other bytes, in order, are U+0100 and up.
 */
final class ByteAlphabet {
  private static final char[] LETTERS = new char[256];
  private static final int[] BYTES = new int[512];

  static {
    Arrays.fill(BYTES, -1);
    char next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable = (value > 32 && value < 127) || (value > 160 && value != 173);
      LETTERS[value] = printable ? (char) value : next++;
      BYTES[LETTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  static String letters(byte[] bytes) {
    StringBuilder letters = new StringBuilder(bytes.length);
    for (byte value : bytes) {
      letters.append(LETTERS[value & 0xff]);
    }
    return letters.toString();
  }

  /** The bytes that the letters represent; null if a letter represents none. */
  static byte[] bytes(String letters) {
    byte[] bytes = new byte[letters.length()];
    for (int i = 0; i < bytes.length; i++) {
      char letter = letters.charAt(i);
      if (letter >= BYTES.length || BYTES[letter] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTES[letter];
    }
    return bytes;
  }
}
