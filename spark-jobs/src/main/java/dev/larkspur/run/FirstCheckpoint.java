package dev.larkspur.run;

import dev.larkspur.engine.Replica;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.TrainingState.Provenance;
import java.util.Map;
import java.util.Set;

/** Creates a run from imported parameters: a checkpoint at step 0. */
public final class FirstCheckpoint {
  private FirstCheckpoint() {}

  /**
   * Writes the checkpoint.
   *
   * @param replica with the imported parameters and zero moments
   * @param provenance of imported parameters
   */
  public static CheckpointName write(
      RunDirectory run, Replica replica, long seed, Provenance provenance) {
    int attempt = new AttemptLog(run).beginImport();
    TrainingState state = TrainingState.imported(seed, provenance);
    try (CheckpointWriter writer = new CheckpointWriter(run, attempt, 0, 1, replica, Map.of())) {
      writer.begin(0);
      writer.commit(state, writer.written(), new Retention(1, 0, Set.of()), () -> {});
      writer.awaitCommit();
    }
    return new CheckpointName(attempt, 0);
  }
}
