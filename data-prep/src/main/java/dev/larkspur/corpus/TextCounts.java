package dev.larkspur.corpus;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How long documents are.
 *
 * @param bytes length of all texts in UTF-8
 * @param lengths number of documents by their number of tokens, the end of text included: at index
 *     i those of 2^i to 2^(i+1) - 1 tokens; the last number is not 0
 */
public record TextCounts(long bytes, List<Long> lengths) implements Serializable {
  /** No documents. */
  public static final TextCounts NONE = new TextCounts(0, List.of());

  /** Copies the list. */
  public TextCounts {
    lengths = List.copyOf(lengths);
  }

  /** The sum of both. */
  public TextCounts plus(TextCounts other) {
    List<Long> sum = new ArrayList<>();
    for (int i = 0; i < Math.max(lengths.size(), other.lengths.size()); i++) {
      sum.add(at(lengths, i) + at(other.lengths, i));
    }
    return new TextCounts(bytes + other.bytes, sum);
  }

  private static long at(List<Long> counts, int index) {
    return index < counts.size() ? counts.get(index) : 0;
  }
}
