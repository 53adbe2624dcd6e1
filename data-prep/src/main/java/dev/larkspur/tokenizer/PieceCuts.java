package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.PieceVocabulary.PairTable;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds where a text can be split without changing its encoding: between two characters that are
 * not adjacent in any piece. No merge crosses such a position, and merges on both sides are
 * independent, so that each side can be encoded separately. In Llama's model this includes every
 * space that follows another character.
 *
 * <p>Characters are UTF-16 code units; surrogate pairs are never split.
 */
final class PieceCuts {
  private static final int ASCII = 128;

  private final long[] ascii = new long[ASCII * ASCII / Long.SIZE]; // a bit a pair
  private final PairTable others;

  /**
   * Collects the pairs.
   *
   * @param texts of the normal pieces
   */
  PieceCuts(Iterable<String> texts) {
    Set<Integer> pairs = new HashSet<>();
    for (String text : texts) {
      for (int i = 1; i < text.length(); i++) {
        char left = text.charAt(i - 1);
        char right = text.charAt(i);
        if (left < ASCII && right < ASCII) {
          ascii[bit(left, right) >>> 6] |= 1L << bit(left, right);
        } else {
          pairs.add((left << 16) | right);
        }
      }
    }
    others = new PairTable(pairs.size());
    pairs.forEach(pair -> others.put(pair >>> 16, pair & 0xffff, 1));
  }

  /** Whether the text must not be split between the two. */
  boolean together(char left, char right) {
    if ((left | right) < ASCII) {
      return ((ascii[bit(left, right) >>> 6] >>> bit(left, right)) & 1) != 0;
    }
    return (Character.isLowSurrogate(right) && Character.isHighSurrogate(left))
        || others.value(left, right) >= 0;
  }

  private static int bit(char left, char right) {
    return (left << 7) | right;
  }
}
