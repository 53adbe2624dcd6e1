package dev.larkspur.prepare;

import dev.larkspur.corpus.TextCounts;

import java.util.Arrays;

/** Counts texts while they are tokenized. */
final class TextTally {
  private final long[] lengths = new long[Long.SIZE];
  private int used;
  private long bytes;

  /**
   * Counts a document.
   *
   * @param utf8Bytes length of its text
   * @param tokens at least one: the end of text
   */
  void add(long utf8Bytes, long tokens) {
    int magnitude = Long.SIZE - 1 - Long.numberOfLeadingZeros(tokens);
    lengths[magnitude]++;
    used = Math.max(used, magnitude + 1);
    bytes += utf8Bytes;
  }

  TextCounts counts() {
    return new TextCounts(bytes, Arrays.stream(lengths, 0, used).boxed().toList());
  }
}
