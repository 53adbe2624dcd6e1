package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Replica;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.CheckpointWriter.KnownCheckpoints;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointStoreTest extends CheckpointFixture {

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "3, 2"})
  void someRanksLoadWhatOthersHaveSaved(int ranks, int readers) throws Exception {
    save(1, 100, ranks);
    Checkpoint newest = store.newest().orElseThrow();
    assertThat(newest.name()).isEqualTo(new CheckpointName(1, 100));
    assertThat(newest.state()).isEqualTo(state(100));
    List<Double> residuals =
        Workers.run(
            readers,
            peers -> {
              try (Replica other = replica()) {
                FlatVector residual = new HeapVector(other.table().length());
                store.load(newest, other, peers, Map.of("residual", residual));
                assertThat(values(other.parameters())).isEqualTo(values(replica.parameters()));
                assertThat(values(other.optimizerState().vector(AdamW.FIRST_MOMENT)))
                    .isEqualTo(values(replica.optimizerState().vector(AdamW.FIRST_MOMENT)));
                assertThat(values(other.optimizerState().vector(AdamW.SECOND_MOMENT)))
                    .isEqualTo(values(replica.optimizerState().vector(AdamW.SECOND_MOMENT)));
                return (double) values(residual)[17];
              }
            });
    // Ranks 0, 1, 2 had 1, 2, 4: nothing is lost when there are fewer or more workers.
    assertThat(residuals.stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo((1 << ranks) - 1);
  }

  @Test
  void thePartsOfRanksAreOneSafetensorsFile() throws IOException {
    save(1, 100, 1);
    save(1, 200, 3);
    try (ByteArrayOutputStream joined = new ByteArrayOutputStream()) {
      for (int part = 1; part <= 3; part++) {
        joined.write(
            Files.readAllBytes(file(1, 200, "model.safetensors.0000%d-of-00003".formatted(part))));
      }
      byte[] whole = Files.readAllBytes(file(1, 100, "model.safetensors"));
      String step = new String(whole, StandardCharsets.ISO_8859_1).replace("\"100\"", "\"200\"");
      assertThat(joined.toByteArray()).isEqualTo(step.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void whatChangesAfterTheCopyIsNotSaved() throws IOException {
    float[] before = values(replica.parameters());
    try (CheckpointWriter writer = new CheckpointWriter(run, 1, 0, 1, replica, Map.of())) {
      writer.begin(100);
      replica.parameters().write(0, FloatBuffer.wrap(new float[before.length]));
      writer.commit(state(100), writer.written(), KEEP_ALL, () -> {});
      writer.awaitCommit();
    }
    store.loadParameters(store.newest().orElseThrow().name(), replica);
    assertThat(values(replica.parameters())).isEqualTo(before);
  }

  @Test
  void theHighestStepOfTheLatestAttemptIsTheNewestWhateverTheFileTimes() throws IOException {
    save(2, 200, 1);
    save(2, 100, 1);
    // The driver of attempt 1 was suspended, and wakes up.
    save(1, 300, 1);
    assertThat(store.newest().orElseThrow().name()).isEqualTo(new CheckpointName(2, 200));
  }

  @Test
  void anAttemptThatWasGivenUpDoesNotCommit() {
    AttemptLog attempts = new AttemptLog(run);
    assertThat(attempts.begin("first")).isEqualTo(1);
    assertThat(attempts.begin("second")).isEqualTo(2);
    assertThatThrownBy(() -> save(1, 100, 1))
        .isInstanceOf(TryAgainException.class)
        .hasMessageContaining("has started attempt 2");
    assertThat(store.newest()).isEmpty();
    save(2, 100, 1);
    assertThat(store.newest()).isPresent();
  }

  @Test
  void keepsTheNewestAndTheChosenAndClearsLeftoversBelowThem() throws IOException {
    for (long step = 100; step <= 600; step += 100) {
      save(1, step, 1);
    }
    Files.delete(file(1, 300, "manifest.json"));
    Files.delete(file(1, 600, "manifest.json"));
    store.retain(new Retention(2, 200, Set.of()), new KnownCheckpoints());
    // 600 may be one that is being written.
    assertThat(directories())
        .containsExactly(
            "step-00000200-attempt-1",
            "step-00000400-attempt-1",
            "step-00000500-attempt-1",
            "step-00000600-attempt-1");
    assertThat(store.newest().orElseThrow().step()).isEqualTo(500);
  }

  @Test
  void damagedOnesAreNotAmongTheNewestThatStay() throws IOException {
    for (long step = 100; step <= 500; step += 100) {
      save(1, step, 1);
    }
    Files.delete(file(1, 500, "model.safetensors"));
    CheckpointName found = new CheckpointName(1, 400);
    store.retain(new Retention(1, 0, Set.of(found)), new KnownCheckpoints());
    // Only the third can be resumed from.
    assertThat(directories())
        .containsExactly(
            "step-00000300-attempt-1", "step-00000400-attempt-1", "step-00000500-attempt-1");
    assertThat(store.newest(Set.of(found), warnings::add).orElseThrow().step()).isEqualTo(300);
    save(2, 400, 1);
    store.retain(new Retention(1, 0, Set.of(found)), new KnownCheckpoints());
    assertThat(directories()).containsExactly("step-00000400-attempt-2");
  }

  @Test
  void aNewCheckpointAsksStorageForNothingThatIsKnown() throws IOException {
    save(1, 100, 1);
    run =
        new RunDirectory(
            CountingFileSystem.SCHEME + "://" + directory, CountingFileSystem.configuration());
    try (CheckpointWriter writer = new CheckpointWriter(run, 2, 0, 1, replica, Map.of())) {
      for (long step = 200; step <= 800; step += 100) {
        CountingFileSystem.takeCounts();
        writer.begin(step);
        writer.commit(state(step), writer.written(), new Retention(3, 400, Set.of()), () -> {});
        writer.awaitCommit();
        if (step > 400) {
          // Three vectors, state, manifest; is this the latest attempt, and what is there; the
          // manifest and the directory of the one that goes.
          assertThat(CountingFileSystem.takeCounts())
              .as("step %d", step)
              .isEqualTo(
                  step == 800
                      ? Map.of("create", 5, "list", 2)
                      : Map.of("create", 5, "list", 2, "delete", 2));
        }
      }
    }
    assertThat(directories())
        .containsExactly(
            "step-00000400-attempt-2",
            "step-00000500-attempt-2",
            "step-00000600-attempt-2",
            "step-00000700-attempt-2",
            "step-00000800-attempt-2");
  }

  @Test
  void noStraysOnTheLocalFileSystem() throws IOException {
    save(1, 100, 1);
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".crc"));
    }
  }
}
