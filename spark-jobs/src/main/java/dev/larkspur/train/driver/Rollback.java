package dev.larkspur.train.driver;

import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.train.TrainingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Rolls back a training that diverges, to before the updates that it has skipped. */
final class Rollback {
  private final CheckpointStore checkpoints;
  private final Consumer<String> notes;

  /**
   * @param notes receives each checkpoint that is deleted
   */
  Rollback(CheckpointStore checkpoints, Consumer<String> notes) {
    this.checkpoints = checkpoints;
    this.notes = notes;
  }

  /**
   * Deletes the newest checkpoints that were written while updates were being skipped: the run
   * would only diverge from them again.
   *
   * @param damaged checkpoints to ignore
   * @throws TrainingException if there are no others; then none is deleted
   */
  void discardSkipping(Set<CheckpointName> damaged) {
    Set<CheckpointName> excluded = new HashSet<>(damaged);
    List<CheckpointName> skipping = new ArrayList<>();
    Optional<Checkpoint> newest = newest(excluded);
    while (newest.isPresent() && newest.get().state().skips().inRow() > 0) {
      skipping.add(newest.get().name());
      excluded.add(newest.get().name());
      try {
        newest = newest(excluded);
      } catch (SafetensorsException e) {
        throw new TrainingException(
            "the training diverges, and every checkpoint that is left (%s) was written while updates were being skipped. Train again in another run.dir with a lower training.learning-rate"
                .formatted(skipping.get(0).directory()),
            e);
      }
    }
    for (CheckpointName name : skipping) {
      checkpoints.discard(name);
      notes.accept(
          "%s was written while updates were being skipped: deleted".formatted(name.directory()));
    }
  }

  private Optional<Checkpoint> newest(Set<CheckpointName> excluded) {
    return checkpoints.newest(excluded, warning -> {});
  }
}
