package dev.larkspur.train;

import dev.larkspur.collective.Collective;
import dev.larkspur.store.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells all ranks which files each has written, as numbers in a sum to which one rank each adds.
 */
final class FileExchange {
  private static final int HASH_BYTES = 32;
  private static final int PER_FILE = 1 + HASH_BYTES / Integer.BYTES;

  private FileExchange() {}

  /** Names a file of a rank. */
  interface Names {
    String of(int rank, int file);
  }

  /**
   * All ranks' files, in the order of ranks.
   *
   * @param own this rank's; every rank has as many
   */
  static List<StoredFile> gather(List<StoredFile> own, Collective peers, Names names) {
    double[] numbers = new double[peers.worldSize() * own.size() * PER_FILE];
    int at = peers.rank() * own.size() * PER_FILE;
    for (StoredFile file : own) {
      // Exact: lengths are below 2^53, and a hash is cut in numbers of 32 bits.
      numbers[at++] = file.bytes();
      ByteBuffer hash = ByteBuffer.wrap(HexFormat.of().parseHex(file.sha256()));
      while (hash.hasRemaining()) {
        numbers[at++] = hash.getInt();
      }
    }
    peers.allReduceSum(numbers);
    List<StoredFile> all = new ArrayList<>();
    for (int first = 0; first < numbers.length; first += PER_FILE) {
      ByteBuffer hash = ByteBuffer.allocate(HASH_BYTES);
      for (int i = 1; i < PER_FILE; i++) {
        hash.putInt((int) numbers[first + i]);
      }
      int index = first / PER_FILE;
      all.add(
          new StoredFile(
              names.of(index / own.size(), index % own.size()),
              (long) numbers[first],
              HexFormat.of().formatHex(hash.array())));
    }
    return all;
  }
}
