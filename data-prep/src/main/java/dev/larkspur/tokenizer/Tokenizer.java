package dev.larkspur.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;

/** Encodes text as token ids. Implementations are thread-safe. */
public interface Tokenizer {
  /** Number of ids: every id is in 0 … vocabulary - 1. */
  default int vocabulary() {
    return identity().vocabulary();
  }

  /** Id of the token that ends a document; {@link #encode} never returns it. */
  default int endOfText() {
    return identity().endOfText();
  }

  /** The ids of a text; texts of special tokens in it are ordinary text. */
  int[] encode(String text);

  /**
   * Encodes a text piece by piece; together, the ids are those of {@link #encode}. A tokenizer that
   * can split a text needs memory for only one piece.
   */
  default Iterator<int[]> encodeInPieces(String text) {
    return List.of(encode(text)).iterator();
  }

  /**
   * UTF-8 bytes of a token, possibly a part of a character, to decode a stream; empty for an id
   * without a token. The caller owns the array.
   *
   * @throws IndexOutOfBoundsException if the id is outside 0 … vocabulary - 1
   */
  byte[] bytes(int id);

  /** The text of a sequence of ids; invalid UTF-8 becomes U+FFFD. */
  default String decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(4 * ids.length);
    for (int id : ids) {
      text.writeBytes(bytes(id));
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** The special tokens, which text is never encoded as, by id. */
  SortedMap<Integer, String> specialTokens();

  /**
   * A description of the implementation, and of how its ids relate to those of the file's own
   * library.
   */
  String encoder();

  /** Identifies this tokenizer. */
  TokenizerIdentity identity();
}
