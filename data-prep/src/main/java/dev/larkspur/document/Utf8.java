package dev.larkspur.document;

import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8, strictly or, for excerpts, leniently. */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';
  private static final int CHARACTERS = 1 << 13;

  private Utf8() {}

  /** Decodes bytes. @throws CharacterCodingException if they are not valid UTF-8 */
  static String strict(byte[] bytes, int offset, int length) throws CharacterCodingException {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    // Far faster than a decoder, which is used only if something may have been replaced.
    if (text.indexOf(REPLACEMENT) >= 0) {
      check(ByteBuffer.wrap(bytes, offset, length));
    }
    return text;
  }

  /** Decodes bytes without changing the position of the buffer. */
  static String strict(ByteBuffer bytes) throws CharacterCodingException {
    if (bytes.hasArray()) {
      return strict(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return strict(copy, 0, copy.length);
  }

  /** Whether bytes are valid: no overlong forms, no surrogates (as in CESU-8), no truncation. */
  static boolean valid(byte[] bytes, int length) {
    int at = 0;
    while (at < length) {
      int one = bytes[at++];
      if (one >= 0) {
        continue;
      }
      int lead = one & 0xff;
      int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
      if (lead < 0xC2 || lead > 0xF4 || length - at < more) {
        return false;
      }
      int second = bytes[at] & 0xff;
      int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      if (second < least || second > most) {
        return false;
      }
      for (int i = 1; i < more; i++) {
        if ((bytes[at + i] & 0xC0) != 0x80) {
          return false;
        }
      }
      at += more;
    }
    return true;
  }

  private static void check(ByteBuffer bytes) throws CharacterCodingException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer characters = CharBuffer.allocate(CHARACTERS);
    CoderResult result;
    do {
      characters.clear();
      result = decoder.decode(bytes, characters, true);
    } while (result.isOverflow());
    if (result.isError()) {
      result.throwException();
    }
  }

  /** The offset of the text, after a byte order mark if there is one. */
  static int afterByteOrderMark(byte[] bytes, int length) {
    boolean marked =
        length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return marked ? 3 : 0;
  }

  /** Decodes the beginning of bytes, with invalid sequences replaced. */
  static String excerpt(byte[] bytes, int length) {
    // A character takes at most three bytes per char value.
    return new String(
        bytes, 0, Math.min(length, 3 * RejectedRecord.EXCERPT), StandardCharsets.UTF_8);
  }
}
