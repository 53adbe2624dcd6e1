package dev.larkspur.run;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import java.io.Serializable;
import java.util.List;

/**
 * A complete checkpoint.
 *
 * @param name which one
 * @param state what was known besides the tensors
 * @param files all that its manifest lists
 */
public record Checkpoint(CheckpointName name, TrainingState state, List<StoredFile> files)
    implements Serializable {
  /** Copies the list. */
  public Checkpoint {
    files = List.copyOf(files);
  }

  /** Updates done. */
  public long step() {
    return name.step();
  }
}
