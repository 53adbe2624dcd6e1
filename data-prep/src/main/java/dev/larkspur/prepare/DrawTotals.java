package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import java.io.Serializable;

/**
 * Documents and tokens of each source in each split, with a histogram of tokens over the draws of
 * their documents. It locates the limit between taken and excluded documents to 1/1024 before a
 * second pass over the documents. Not thread-safe.
 */
final class DrawTotals implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int RANGE_BITS = 10;

  private final long[] documents; // [split x sources + source]
  private final long[][] tokens; // [split x sources + source][range]

  DrawTotals(int sources) {
    documents = new long[Split.values().length * sources];
    tokens = new long[documents.length][1 << RANGE_BITS];
  }

  /** The range that contains a draw. */
  static int range(long draw) {
    return (int) (draw >>> (Long.SIZE - RANGE_BITS));
  }

  private int index(Split split, int source) {
    return split.code() * (documents.length / Split.values().length) + source;
  }

  void add(Split split, int source, long draw, long count) {
    int index = index(split, source);
    documents[index]++;
    tokens[index][range(draw)] += count;
  }

  /** Adds the counts of another task. */
  void add(DrawTotals other) {
    for (int i = 0; i < documents.length; i++) {
      documents[i] += other.documents[i];
      for (int range = 0; range < tokens[i].length; range++) {
        tokens[i][range] += other.tokens[i][range];
      }
    }
  }

  /** Adds the counts of a sample, times a factor. */
  void addScaled(DrawTotals sample, double factor) {
    for (int i = 0; i < documents.length; i++) {
      documents[i] += Math.round(sample.documents[i] * factor);
      for (int range = 0; range < tokens[i].length; range++) {
        tokens[i][range] += Math.round(sample.tokens[i][range] * factor);
      }
    }
  }

  long documents(Split split, int source) {
    return documents[index(split, source)];
  }

  long tokens(Split split, int source) {
    long sum = 0;
    for (long range : tokens[index(split, source)]) {
      sum += range;
    }
    return sum;
  }

  long tokens(Split split, int source, int range) {
    return tokens[index(split, source)][range];
  }
}
