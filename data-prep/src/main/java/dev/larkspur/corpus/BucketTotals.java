package dev.larkspur.corpus;

import java.io.Serializable;

/**
 * What packing one bucket (or several together) came to.
 *
 * @param split the split of the bucket
 * @param documents documents in it
 * @param tokens tokens of these, ends of text included
 * @param tailTokens tokens that filled no block
 * @param blocks blocks cut
 */
record BucketTotals(Split split, long documents, long tokens, long tailTokens, long blocks)
    implements Serializable {
  static BucketTotals none(Split split) {
    return new BucketTotals(split, 0, 0, 0, 0);
  }

  BucketTotals plus(BucketTotals other) {
    return new BucketTotals(
        split,
        documents + other.documents,
        tokens + other.tokens,
        tailTokens + other.tailTokens,
        blocks + other.blocks);
  }
}
