package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What packing one bucket (or several together) came to.
 *
 * @param split the split of the bucket
 * @param documents documents in it
 * @param tokens tokens of these, ends of text included
 * @param tailTokens tokens that filled no block
 * @param blocks blocks cut
 * @param sources what of the documents and tokens is of each source; empty if none are mixed
 */
record BucketTotals(
    Split split, long documents, long tokens, long tailTokens, long blocks, List<Taken> sources)
    implements Serializable {
  /** Documents and tokens of one source. */
  record Taken(long documents, long tokens) implements Serializable {
    Taken plus(Taken other) {
      return new Taken(documents + other.documents, tokens + other.tokens);
    }
  }

  static BucketTotals none(Split split, int sources) {
    return new BucketTotals(
        split,
        0,
        0,
        0,
        0,
        IntStream.range(0, sources).mapToObj(source -> new Taken(0, 0)).toList());
  }

  BucketTotals plus(BucketTotals other) {
    return new BucketTotals(
        split,
        documents + other.documents,
        tokens + other.tokens,
        tailTokens + other.tailTokens,
        blocks + other.blocks,
        IntStream.range(0, sources.size())
            .mapToObj(source -> sources.get(source).plus(other.sources.get(source)))
            .toList());
  }
}
