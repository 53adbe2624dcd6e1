package dev.larkspur.run;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import java.io.Serializable;
import java.util.List;

/**
 * A complete checkpoint.
 *
 * @param name its attempt and step
 * @param state of the training, besides the tensors
 * @param files all files in its manifest
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
