package dev.larkspur.corpus;

import dev.larkspur.storage.WrittenFile;
import java.io.Serializable;
import java.util.List;

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
