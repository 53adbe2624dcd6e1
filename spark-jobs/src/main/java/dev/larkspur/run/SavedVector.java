package dev.larkspur.run;

import dev.larkspur.engine.Replica;
import dev.larkspur.tensor.FlatVector;

import java.util.Locale;

/** The flat vectors that a checkpoint holds, each as a safetensors file that ranks share. */
enum SavedVector {
  PARAMETERS("model.safetensors"),
  FIRST_MOMENT("adamw-first-moment.safetensors"),
  SECOND_MOMENT("adamw-second-moment.safetensors");

  private final String file;

  SavedVector(String file) {
    this.file = file;
  }

  FlatVector of(Replica replica) {
    return switch (this) {
      case PARAMETERS -> replica.parameters();
      case FIRST_MOMENT -> replica.firstMoment();
      case SECOND_MOMENT -> replica.secondMoment();
    };
  }

  /**
   * The file that one rank writes: the whole of it if there is one rank, else its range of bytes,
   * named so that the parts in alphabetical order, one after another, are the whole.
   */
  String part(int rank, int worldSize) {
    return worldSize == 1
        ? file
        : String.format(Locale.ROOT, "%s.%05d-of-%05d", file, rank + 1, worldSize);
  }

  boolean owns(String part) {
    return part.equals(file) || part.startsWith(file + ".");
  }
}
