package dev.larkspur.document;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict reading of UTF-8, and a lenient one for excerpts. */
final class Utf8 {
  private Utf8() {}

  /**
   * The text of bytes.
   *
   * @throws CharacterCodingException if they are not valid UTF-8
   */
  static String strict(ByteBuffer bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  /** The beginning of bytes, with what is not valid replaced. */
  static String excerpt(byte[] bytes, int length) {
    // A character takes at most three bytes for each of its char values.
    return new String(
        bytes, 0, Math.min(length, 3 * RejectedRecord.EXCERPT), StandardCharsets.UTF_8);
  }
}
