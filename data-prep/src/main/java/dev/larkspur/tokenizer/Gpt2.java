package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** GPT-2's tokenizer (tiktoken's r50k_base) and its pattern. */
final class Gpt2 {
  static final String END_OF_TEXT = "<|endoftext|>";

  /** Splits text into words; the concatenated matches are the text. */
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

  /** The tokenizer as a {@code tokenizer.json}. */
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

  /**
   * Reconstructs the merges of a byte-level BPE from its ordered tokens, the form that tiktoken
   * publishes: the merge of a token joins the two tokens into which earlier merges encode it.
   */
  private static final class RankedPieces {
    private RankedPieces() {}

    /**
     * The merges, in order.
     *
     * @param pieces [id][byte], null for none
     */
    static List<Merge> merges(byte[][] pieces) {
      Map<String, Integer> ids = new HashMap<>();
      for (int id = 0; id < pieces.length; id++) {
        if (pieces[id] != null) {
          ids.put(latin(pieces[id]), id);
        }
      }
      List<Merge> merges = new ArrayList<>();
      for (int id = 0; id < pieces.length; id++) {
        if (pieces[id] != null && pieces[id].length > 1) {
          List<String> parts = parts(latin(pieces[id]), id, ids);
          merges.add(new Merge(ids.get(parts.get(0)), ids.get(parts.get(1)), id));
        }
      }
      return merges;
    }

    /** The two tokens below {@code limit} that encode a token. */
    private static List<String> parts(String token, int limit, Map<String, Integer> ids) {
      List<String> parts = new ArrayList<>(token.chars().mapToObj(Character::toString).toList());
      while (parts.size() > 2) {
        int at = -1;
        int best = limit;
        for (int i = 0; i + 1 < parts.size(); i++) {
          int candidate = ids.getOrDefault(parts.get(i) + parts.get(i + 1), limit);
          if (candidate < best) {
            best = candidate;
            at = i;
          }
        }
        if (at < 0) {
          throw new IllegalStateException("no merge leads to token " + limit);
        }
        parts.set(at, parts.get(at) + parts.remove(at + 1));
      }
      return parts;
    }

    /** Decodes bytes as Latin-1, one character per byte. */
    private static String latin(byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
