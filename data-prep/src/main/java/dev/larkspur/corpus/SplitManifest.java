package dev.larkspur.corpus;

import dev.larkspur.storage.WrittenFile;
import java.io.Serializable;
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

  /**
   * One Parquet file of blocks.
   *
   * @param file name inside the corpus directory
   * @param bytes length
   * @param sha256 of the file, in hexadecimal
   * @param rows number of blocks
   * @param rowGroups blocks of each row group, in the order of the file
   */
  public record Shard(String file, long bytes, String sha256, long rows, List<Integer> rowGroups)
      implements Serializable {
    /** Copies the list. */
    public Shard {
      rowGroups = List.copyOf(rowGroups);
    }

    WrittenFile written() {
      return new WrittenFile(file, bytes, sha256);
    }
  }
}
