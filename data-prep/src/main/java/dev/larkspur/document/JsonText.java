package dev.larkspur.document;

import java.nio.charset.CharacterCodingException;

/**
 * A long string of JSON, decoded in the place where it lies: a parser would hold it several times.
 */
final class JsonText {
  private final byte[] bytes;
  private int from;
  private int to;

  private JsonText(byte[] bytes, int quote) {
    this.bytes = bytes;
    this.from = quote + 1;
    this.to = quote + 1;
  }

  /**
   * The text of a string that a parser has found to be well formed; what follows it in the array
   * stays.
   *
   * @param quote index of the quotation mark before it
   * @throws CharacterCodingException if it is not valid Unicode
   */
  static String decode(byte[] bytes, int quote) throws CharacterCodingException {
    JsonText text = new JsonText(bytes, quote);
    text.unescape();
    return Utf8.strict(bytes, quote + 1, text.to - quote - 1);
  }

  private void unescape() {
    while (bytes[from] != '"') {
      if (bytes[from] == '\\') {
        from++;
        escape(bytes[from++]);
      } else {
        bytes[to++] = bytes[from++];
      }
    }
  }

  private void escape(byte kind) {
    switch (kind) {
      case 'b' -> bytes[to++] = '\b';
      case 'f' -> bytes[to++] = '\f';
      case 'n' -> bytes[to++] = '\n';
      case 'r' -> bytes[to++] = '\r';
      case 't' -> bytes[to++] = '\t';
      case 'u' -> put(codePoint());
      default -> bytes[to++] = kind;
    }
  }

  private int codePoint() {
    char high = hex();
    if (Character.isHighSurrogate(high) && bytes[from] == '\\' && bytes[from + 1] == 'u') {
      int before = from;
      from += 2;
      char low = hex();
      if (Character.isLowSurrogate(low)) {
        return Character.toCodePoint(high, low);
      }
      from = before;
    }
    return high;
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = (value << 4) | Character.digit(bytes[from++], 16);
    }
    return (char) value;
  }

  /** Half of a surrogate pair becomes bytes that are not valid. */
  private void put(int point) {
    if (point < 0x80) {
      bytes[to++] = (byte) point;
    } else if (point < 0x800) {
      bytes[to++] = (byte) (0xC0 | (point >> 6));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      bytes[to++] = (byte) (0xE0 | (point >> 12));
      bytes[to++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    } else {
      bytes[to++] = (byte) (0xF0 | (point >> 18));
      bytes[to++] = (byte) (0x80 | ((point >> 12) & 0x3F));
      bytes[to++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    }
  }
}
