package dev.larkspur.run;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import java.util.List;
import java.util.Locale;

/**
 * Where a checkpoint holds what a gradient exchange carries from step to step: unlike the vectors
 * of a replica it is another one on each worker, so each writes a safetensors file of its own.
 *
 * <p>It is what the sums so far lack, so only its sum over all workers matters. When the number of
 * workers changes, each takes over the files of some of the former ones, and adds them up.
 */
final class ExchangeFiles {
  private ExchangeFiles() {}

  /**
   * The file of a worker.
   *
   * @param vector name of the vector
   */
  static String name(String vector, int rank, int worldSize) {
    return String.format(
        Locale.ROOT, "%s%05d-of-%05d.safetensors", beginning(vector), rank + 1, worldSize);
  }

  /** Those of a vector that a worker takes over. */
  static List<StoredFile> of(List<StoredFile> files, String vector, int rank, int worldSize) {
    List<StoredFile> all =
        files.stream().filter(file -> file.name().startsWith(beginning(vector))).toList();
    return all.stream().filter(file -> all.indexOf(file) % worldSize == rank).toList();
  }

  private static String beginning(String vector) {
    return "exchange-" + vector + ".";
  }
}
