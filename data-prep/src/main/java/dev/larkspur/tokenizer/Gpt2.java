package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.util.Map;
import java.util.regex.Pattern;

/** GPT-2's tokenizer (tiktoken's r50k_base) and its pattern. */
final class Gpt2 {
  static final String END_OF_TEXT = "<|endoftext|>";

  /** Cuts text into words; the matches of a text, one after another, are the text. */
  static final Pattern WORDS =
      Pattern.compile(
          "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final int VOCABULARY = 50_257;

  private Gpt2() {}

  static Tokenizer load() {
    Encoding encoding = encoding();
    return new JtokkitTokenizer(
        encoding,
        pieces(encoding),
        Map.of(END_OF_TEXT, VOCABULARY - 1),
        new TokenizerIdentity(
            TokenizerSource.GPT2, TokenizerSource.GPT2, VOCABULARY, VOCABULARY - 1, ""));
  }

  /** The same as a {@code tokenizer.json}. */
  static byte[] json() {
    byte[][] pieces = pieces(encoding());
    pieces[VOCABULARY - 1] = null;
    return TokenizerJsonWriter.write(
        new ByteLevelBpe(
            pieces,
            RankedPieces.merges(pieces),
            Map.of(END_OF_TEXT, VOCABULARY - 1),
            VOCABULARY - 1));
  }

  private static Encoding encoding() {
    return Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
  }

  private static byte[][] pieces(Encoding encoding) {
    byte[][] pieces = new byte[VOCABULARY][];
    IntArrayList id = new IntArrayList(1);
    for (int i = 0; i < VOCABULARY; i++) {
      id.clear();
      id.add(i);
      pieces[i] = encoding.decodeBytes(id);
    }
    return pieces;
  }
}
