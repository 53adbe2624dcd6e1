package dev.larkspur.corpus;

import java.util.List;
import java.util.stream.Stream;

/**
 * One split of a part, or of a corpus.
 *
 * @param documents number of documents
 * @param tokens tokens of these documents, including the end-of-text after each
 * @param tailTokens tokens at the ends of buckets that filled no block and were dropped
 * @param blocks blocks written: (tokens - tailTokens) / (context + 1)
 * @param shards its files
 */
public record SplitManifest(
    long documents, long tokens, long tailTokens, long blocks, List<Shard> shards) {
  public static final SplitManifest NONE = new SplitManifest(0, 0, 0, 0, List.of());

  /** Copies the list. */
  public SplitManifest {
    shards = List.copyOf(shards);
  }

  SplitManifest plus(SplitManifest other) {
    return new SplitManifest(
        documents + other.documents,
        tokens + other.tokens,
        tailTokens + other.tailTokens,
        blocks + other.blocks,
        Stream.concat(shards.stream(), other.shards.stream()).toList());
  }
}
