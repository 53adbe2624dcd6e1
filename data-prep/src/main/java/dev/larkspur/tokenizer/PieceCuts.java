package dev.larkspur.tokenizer;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a text can be cut without changing its encoding: between two characters that no piece has
 * next to each other. No merge ever crosses such a place, and merges on both sides of it do not
 * hear of each other, so each part can be encoded alone. In Llama's model that is, among many
 * places, before every space that follows something else.
 *
 * <p>Characters are Java's; those of a surrogate pair are never cut apart.
 */
final class PieceCuts {
  private static final int ASCII = 128;

  private final long[] ascii = new long[ASCII * ASCII / Long.SIZE]; // a bit a pair
  private final PairTable others;

  /**
   * Collects the pairs.
   *
   * @param texts what the normal pieces spell
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

  /** True if the text must not be cut between the two. */
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
