package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.CheckpointWriter;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackTest {
  private static final ModelConfig MODEL =
      ModelConfig.paper(
          11, 4, 8, 1, new AttentionConfig(8, 1, 1), FfnConfig.paper(8, new FfnStructure.Dense()));
  @TempDir private Path directory;
  private final List<String> notes = new ArrayList<>();
  private final Replica replica =
      Engines.named("torch").replica(MODEL, Device.cpu(1), Precision.FP32, AdamW.PAPER);
  private RunDirectory run;
  private CheckpointStore store;

  @BeforeEach
  void open() {
    run = new RunDirectory(directory.toString(), new Configuration());
    store = new CheckpointStore(run);
  }

  @AfterEach
  void close() {
    replica.close();
  }

  @Test
  void goesBackBeforeTheUpdatesThatAreSkipped() {
    save(10, 0);
    // A training was asked to stop, and stopped, twice.
    save(14, 2);
    save(15, 3);
    assertThat(store.newest().orElseThrow().step()).isEqualTo(15);
    new Rollback(store, notes::add).discardSkipping(Set.of());
    assertThat(store.steps()).containsExactly(10L);
    assertThat(notes)
        .containsExactly(
            "checkpoints/step-00000015-attempt-1 was written while updates were being skipped:"
                + " deleted",
            "checkpoints/step-00000014-attempt-1 was written while updates were being skipped:"
                + " deleted");
  }

  @Test
  void staysWhereNoUpdateIsSkipped() {
    save(10, 3);
    save(20, 0);
    new Rollback(store, notes::add).discardSkipping(Set.of());
    assertThat(store.newest().orElseThrow().step()).isEqualTo(20);
    assertThat(notes).isEmpty();
  }

  @Test
  void doesNotBeginAnewWithoutAWord() {
    save(10, 1);
    assertThatThrownBy(() -> new Rollback(store, notes::add).discardSkipping(Set.of()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(
            "every checkpoint that is left (checkpoints/step-00000010-attempt-1)");
    assertThat(store.steps()).containsExactly(10L);
  }

  @Test
  void fromTheBeginningThereIsNothingToGoBackTo() {
    new Rollback(store, notes::add).discardSkipping(Set.of());
    assertThat(notes).isEmpty();
  }

  /** Keeps one, as far as those count that were written while updates were being skipped. */
  private void save(long step, int skippedInRow) {
    TrainingState state =
        new TrainingState(
            step,
            step,
            1,
            2.5,
            new Skips(skippedInRow, skippedInRow, List.of(), List.of()),
            Map.of(),
            new Provenance("", "corpus", 1, "test", "torch", "4", "17"));
    // As an attempt that has begun with the newest.
    Retention one =
        store
            .newest()
            .filter(newest -> newest.state().skips().inRow() > 0)
            .map(newest -> new Retention(1, 0, Set.of(newest.name())))
            .orElse(new Retention(1, 0, Set.of()));
    try (CheckpointWriter writer = new CheckpointWriter(run, 1, 0, 1, replica, Map.of())) {
      writer.begin(step);
      writer.commit(state, writer.written(), one, () -> {});
      writer.awaitCommit();
    }
  }
}
