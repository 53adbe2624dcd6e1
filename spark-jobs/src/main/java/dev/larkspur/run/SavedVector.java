package dev.larkspur.run;

import dev.larkspur.engine.Replica;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.tensor.FlatVector;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A flat vector that a checkpoint holds, as a safetensors file that ranks share.
 *
 * @param name of the file, without its ending; that of an optimiser's vector is the vector's name
 */
record SavedVector(String name) {
  static final SavedVector PARAMETERS = new SavedVector("model");

  /** The vectors of the optimiser of a replica, in its order. */
  static List<SavedVector> state(Replica replica) {
    return replica.optimizerState().names().stream().map(SavedVector::new).toList();
  }

  /** All vectors of a replica that a checkpoint holds, in the order of its manifest. */
  static List<SavedVector> all(Replica replica) {
    return Stream.concat(Stream.of(PARAMETERS), state(replica).stream()).toList();
  }

  FlatVector of(Replica replica) {
    return equals(PARAMETERS) ? replica.parameters() : replica.optimizerState().vector(name);
  }

  private String file() {
    return name + ".safetensors";
  }

  /**
   * The file that one rank writes: the whole of it if there is one rank, else its range of bytes,
   * named so that the parts in alphabetical order, one after another, are the whole.
   */
  String part(int rank, int worldSize) {
    return worldSize == 1
        ? file()
        : String.format(Locale.ROOT, "%s.%05d-of-%05d", file(), rank + 1, worldSize);
  }

  boolean owns(String part) {
    return part.equals(file()) || part.startsWith(file() + ".");
  }

  /**
   * Where a checkpoint holds what a gradient exchange carries from step to step: unlike the vectors
   * of a replica it is another one on each worker, so each writes a safetensors file of its own.
   *
   * <p>It is what the sums so far lack, so only its sum over all workers matters. When the number
   * of workers changes, each takes over the files of some of the former ones, and adds them up.
   */
  static final class ExchangeFiles {
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
}
