package dev.larkspur.run;

import dev.larkspur.collective.Collective;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tells all ranks which files each has written, as numbers in a sum to which one rank each adds.
 */
final class FileExchange {
  private static final int PER_FILE = 2;

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
      // Exact: lengths are below 2^53, and checksums below 2^32.
      numbers[at++] = file.bytes();
      numbers[at++] = Long.parseLong(file.crc32c(), 16);
    }
    peers.allReduceSum(numbers);
    List<StoredFile> all = new ArrayList<>();
    for (int first = 0; first < numbers.length; first += PER_FILE) {
      int index = first / PER_FILE;
      all.add(
          new StoredFile(
              names.of(index / own.size(), index % own.size()),
              (long) numbers[first],
              String.format(Locale.ROOT, "%08x", (long) numbers[first + 1])));
    }
    return all;
  }
}
