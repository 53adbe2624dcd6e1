package dev.larkspur.run;

import dev.larkspur.engine.Replica;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.tensor.FlatVector;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A flat vector of a checkpoint, stored as a safetensors file that the ranks write together.
 *
 * @param name of the file without its extension; for optimiser state, the name of the vector
 */
record SavedVector(String name) {
  static final SavedVector PARAMETERS = new SavedVector("model");

  /** The optimiser state of a replica, in the optimiser's order. */
  static List<SavedVector> state(Replica replica) {
    return replica.optimizerState().names().stream().map(SavedVector::new).toList();
  }

  /** All vectors of a replica that a checkpoint contains, in the order of its manifest. */
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
   * Name of the file that one rank writes: the complete file if there is one rank, else a range of
   * its bytes. Concatenated in alphabetical order, the ranges are the complete file.
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
   * Files of the state of gradient exchanges. It differs between workers, unlike the vectors of a
   * replica, so each worker writes its own safetensors file.
   *
   * <p>Only the sum of the state over all workers matters. If the number of workers changes, each
   * worker therefore sums the files of some of the previous workers.
   */
  static final class ExchangeFiles {
    private ExchangeFiles() {}

    /**
     * Name of the file of a worker.
     *
     * @param vector name of the vector
     */
    static String name(String vector, int rank, int worldSize) {
      return String.format(
          Locale.ROOT, "%s%05d-of-%05d.safetensors", beginning(vector), rank + 1, worldSize);
    }

    /** The files of a vector that a worker sums. */
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
