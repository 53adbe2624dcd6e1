package dev.larkspur.store;

import java.util.List;

/**
 * {@code manifest.json} of a checkpoint, written last: with it the checkpoint is complete.
 *
 * @param version of this form
 * @param step updates done
 * @param attempt that wrote it
 * @param files all others of the checkpoint
 */
record CheckpointManifest(int version, long step, int attempt, List<StoredFile> files) {
  static final int VERSION = 3;
  static final String FILE = "manifest.json";

  CheckpointManifest {
    files = List.copyOf(files);
  }
}
