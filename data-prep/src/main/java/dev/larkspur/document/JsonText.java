package dev.larkspur.document;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A JSON string that is decoded in place, because a parser would hold several copies of a long one.
 * It can be read once; decoding does not change what follows it in the array.
 */
public final class JsonText {
  private static final int NOT_KNOWN = -1;

  private final byte[] bytes;
  private final int start;
  private int from;
  private int to;
  private int length;

  /**
   * Wraps a well-formed string in valid UTF-8.
   *
   * @param quote index of the opening quotation mark
   * @param end index of the closing quotation mark
   * @param escaped whether it has escapes
   */
  JsonText(byte[] bytes, int quote, int end, boolean escaped) {
    this.bytes = bytes;
    this.start = quote + 1;
    this.from = start;
    this.to = start;
    this.length = escaped ? NOT_KNOWN : end - start;
  }

  /** Length of the text in UTF-8, in bytes. */
  int length() {
    if (length == NOT_KNOWN) {
      unescape();
      length = to - start;
    }
    return length;
  }

  /**
   * The text.
   *
   * @throws CharacterCodingException if it has a lone surrogate
   */
  String string() throws CharacterCodingException {
    return Utf8.strict(bytes, start, length());
  }

  /** The text, or its beginning, with invalid Unicode replaced. */
  String replaced(int mostBytes) {
    return new String(bytes, start, Math.min(mostBytes, length()), StandardCharsets.UTF_8);
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

  /** Encodes a code point; a lone surrogate becomes invalid bytes. */
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
