package dev.larkspur.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;

/** Turns text into token ids. Implementations are safe for use by many threads. */
public interface Tokenizer {
  /** Number of ids: every id lies in 0 … vocabulary - 1. */
  default int vocabulary() {
    return identity().vocabulary();
  }

  /** Id of the token that ends a document; {@link #encode} never gives it. */
  default int endOfText() {
    return identity().endOfText();
  }

  /** The ids of a text; special tokens that are written out in it are ordinary text. */
  int[] encode(String text);

  /**
   * The ids of a text, some at a time: all of them together are those that {@link #encode} gives. A
   * tokenizer that knows where a text can be cut takes memory for one piece only.
   */
  default Iterator<int[]> encodeInPieces(String text) {
    return List.of(encode(text)).iterator();
  }

  /**
   * UTF-8 bytes of one token, perhaps only a part of a character, so that a stream can be decoded;
   * of an id that no token has: none. The caller may keep and change the array.
   *
   * @throws IndexOutOfBoundsException if the id is outside 0 … vocabulary - 1
   */
  byte[] bytes(int id);

  /** The text of a sequence of ids; bytes that are not UTF-8 become U+FFFD. */
  default String decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(4 * ids.length);
    for (int id : ids) {
      text.writeBytes(bytes(id));
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** The tokens that no text becomes, by id, as the file writes them. */
  SortedMap<Integer, String> specialTokens();

  /** What makes the ids, and how they relate to those of the file's own library: for people. */
  String encoder();

  /** What this tokenizer is. */
  TokenizerIdentity identity();
}
