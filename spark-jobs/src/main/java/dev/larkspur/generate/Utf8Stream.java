package dev.larkspur.generate;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of token after token into text; a character may be spread over several tokens.
 */
final class Utf8Stream {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer pending = ByteBuffer.allocate(0);

  /** The characters that are complete with these bytes. */
  String add(byte[] bytes) {
    ByteBuffer input = ByteBuffer.allocate(pending.remaining() + bytes.length);
    input.put(pending).put(bytes).flip();
    CharBuffer text = CharBuffer.allocate(input.remaining() + 1);
    decoder.decode(input, text, false);
    pending = input;
    return text.flip().toString();
  }

  /** What is left when no more bytes come. */
  String finish() {
    CharBuffer text = CharBuffer.allocate(pending.remaining() + 1);
    decoder.decode(pending, text, true);
    decoder.flush(text);
    return text.flip().toString();
  }
}
