package dev.larkspur.document;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;

/** Plain text in the charset that a server named. */
final class PlainText {
  private PlainText() {}

  /**
   * The text of bytes. A byte order mark wins over the name, as in browsers.
   *
   * @param name of the charset; UTF-8 if it is null or not known
   * @throws BrokenRecordException if they are no text in it
   */
  static String decode(byte[] bytes, String name) throws BrokenRecordException {
    int start = Utf8.afterByteOrderMark(bytes, bytes.length);
    Charset charset = start > 0 ? StandardCharsets.UTF_8 : marked(bytes, known(name));
    try {
      if (charset.equals(StandardCharsets.UTF_8)) {
        return Utf8.strict(bytes, start, bytes.length - start);
      }
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException broken) {
      throw new BrokenRecordException(SkipReason.BROKEN_UNICODE, Utf8.excerpt(bytes, bytes.length));
    }
  }

  private static Charset marked(byte[] bytes, Charset named) {
    boolean utf16 =
        bytes.length >= 2
            && ((bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)
                || (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE));
    // UTF-16 takes the order of the bytes from the mark, and the mark away.
    return utf16 ? StandardCharsets.UTF_16 : named;
  }

  private static Charset known(String name) {
    try {
      return name != null && Charset.isSupported(name)
          ? Charset.forName(name)
          : StandardCharsets.UTF_8;
    } catch (IllegalCharsetNameException wrong) {
      return StandardCharsets.UTF_8;
    }
  }
}
