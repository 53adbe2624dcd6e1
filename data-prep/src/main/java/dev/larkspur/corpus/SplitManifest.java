package dev.larkspur.corpus;

import java.util.List;

/**
 * One split of a corpus.
 *
 * @param documents documents in it
 * @param tokens tokens of these documents, the end-of-text after each included
 * @param tailTokens tokens at the ends of the buckets that filled no block and were dropped
 * @param blocks blocks written: (tokens - tailTokens) / (context + 1)
 * @param shards its files
 */
public record SplitManifest(
    long documents, long tokens, long tailTokens, long blocks, List<Shard> shards) {
  /** Copies the list. */
  public SplitManifest {
    shards = List.copyOf(shards);
  }
}
