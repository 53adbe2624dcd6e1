package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.FirstCheckpoint;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.worker.UpdateGuard.DivergedException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that are not finite, from a first parameter to a last loss. */
class DivergenceIT {
  @TempDir private static Path directory;
  private static EmbeddedTrainings trainings;

  @BeforeAll
  static void prepare() throws Exception {
    trainings = EmbeddedTrainings.prepare(directory);
  }

  @AfterAll
  static void stop() {
    trainings.close();
  }

  /** Fewer updates are skipped than may be, so that only the end tells. */
  @Test
  void aTrainingThatHasDivergedAtItsLastStepIsNotCompleted() throws Exception {
    List<String> notes = new ArrayList<>();
    Settings settings =
        SmallCorpus.settings(
            directory,
            "end",
            "training.learning-rate=1e30",
            "training.warmup-fraction=0",
            "training.steps=5",
            "training.max-restarts=1",
            "checkpoint.every=1",
            "checkpoint.keep=9");
    assertThatThrownBy(
            () -> TrainingJob.run(trainings.spark(), settings, new NotingObserver(notes)))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("after step 5 the validation loss is NaN: the training diverges")
        .hasMessageContaining("training.learning-rate");
    assertThat(notes).anyMatch(note -> note.contains("restart 1 of 1"));
    assertThat(Files.readString(directory.resolve("end/summary.json")))
        .contains("\"status\" : \"failed\"", "\"validationLoss\" : null");
    // Only the first update was made: nothing was written while the others were being skipped.
    assertThat(RunFiles.steps(directory.resolve("end"))).isSubsetOf(1L);
    assertThat(RunFiles.metrics(directory.resolve("end")))
        .allSatisfy(line -> assertThat(line.toString()).doesNotContain("NaN"))
        .anySatisfy(line -> assertThat(line.path("validationLoss").isNull()).isTrue());
  }

  @Test
  void aRunWhoseParametersAreNotFiniteIsNeitherTrainedNorEvaluated() {
    String[] complete = {"model.vocabulary=512", "model.context=32"};
    Settings settings = trainings.settings("broken", complete);
    RunDirectory run = new RunDirectory(settings.run().dir(), new Configuration());
    trainings.withReplica(
        settings,
        replica -> {
          replica.initialize(1);
          replica.parameters().write(17, FloatBuffer.wrap(new float[] {Float.NaN}));
          String config = settings.toHocon();
          FirstCheckpoint.write(
              run, replica, 1, new Provenance(config, "", 1, "test", "torch", "4", "17"));
        });
    assertThatThrownBy(() -> trainings.train("broken", complete))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("the parameters it began with are not finite")
        .hasMessageContaining("Import a model without them");
    assertThatThrownBy(() -> trainings.evaluated("broken", complete))
        .hasMessageContaining("are not finite (NaN or infinite): the training has diverged");
    assertThat(new CheckpointStore(run).steps()).containsExactly(0L);
  }
}
