package dev.larkspur.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.checkpoint.CheckpointException;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.FlatVector;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.torch.TorchEngine;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.storage.ChecksummedJson;
import dev.larkspur.storage.TryAgainException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  private static final Retention KEEP_ALL = new Retention(Integer.MAX_VALUE, 0, Set.of());
  @TempDir private Path directory;
  private final List<String> warnings = new ArrayList<>();
  private RunDirectory run;
  private CheckpointStore store;
  private Replica replica;

  @BeforeEach
  void open() {
    run = new RunDirectory(directory.toString(), new Configuration());
    store = new CheckpointStore(run);
    replica = replica();
    replica.initialize(1);
    replica.firstMoment().write(5, FloatBuffer.wrap(new float[] {1, 2, 3}));
    replica.secondMoment().write(7, FloatBuffer.wrap(new float[] {4, 5, 6}));
  }

  @AfterEach
  void close() {
    replica.close();
  }

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
                assertThat(values(other.firstMoment())).isEqualTo(values(replica.firstMoment()));
                assertThat(values(other.secondMoment())).isEqualTo(values(replica.secondMoment()));
                return (double) values(residual)[17];
              }
            });
    // Ranks 0, 1, 2 had 1, 2, 4: nothing is lost when there are fewer or more workers.
    assertThat(residuals.stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo((1 << ranks) - 1);
  }

  /** What a compressed exchange of a rank would hold back: other values on each. */
  private FlatVector residual(int rank) {
    FlatVector residual = new HeapVector(replica.table().length());
    residual.write(17, FloatBuffer.wrap(new float[] {1 << rank}));
    return residual;
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
        .hasMessageContaining("attempt 2 has begun");
    assertThat(store.newest()).isEmpty();
    save(2, 100, 1);
    assertThat(store.newest()).isPresent();
  }

  @Test
  void withoutItsManifestACheckpointDoesNotCount() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Files.delete(file(1, 200, "manifest.json"));
    assertThat(store.newest().orElseThrow().step()).isEqualTo(100);
  }

  @Test
  void norWithAnyBeginningOfIt() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    for (int length = 0; length < whole.length; length++) {
      Files.write(manifest, Arrays.copyOf(whole, length));
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step())
          .as("%d bytes", length)
          .isEqualTo(100);
    }
    assertThat(warnings).as("an interrupted writer is nothing to warn of").isEmpty();
  }

  @Test
  void anImportedRunDoesNotBeginWithOtherParameters() throws IOException {
    FirstCheckpoint.write(run, replica, 1, state(0).provenance());
    assertThat(store.newest().orElseThrow().step()).isEqualTo(0);
    Path manifest = file(1, 0, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    Files.write(manifest, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> store.newest())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("was imported")
        .hasMessageContaining("import the model again");
    Path attempt = directory.resolve("attempts/00000001.json");
    byte[] begun = Files.readAllBytes(attempt);
    for (int at = 0; at < begun.length; at++) {
      byte[] changed = begun.clone();
      changed[at] ^= 4;
      Files.write(attempt, changed);
      assertThatThrownBy(() -> store.newest())
          .as("byte %d", at)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("import");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "adamw-first-moment.safetensors", "training-state.json"})
  void aFileCutAfterwardsIsReportedAndTheOneBeforeIsTaken(String name) throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path file = file(1, 200, name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains(name, "bytes, not", "delete its directory");
    Files.delete(file);
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains(name, "is missing");
    Files.delete(file(1, 100, "manifest.json"));
    assertThatThrownBy(() -> store.newest())
        .as("to begin anew is not for the program to decide")
        .isInstanceOf(DamagedCheckpointException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "training-state.json"})
  void anyChangedByteOfWhatIsReadFirstIsDamage(String name) throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path file = file(1, 200, name);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << at % Byte.SIZE);
      Files.write(file, changed);
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step())
          .as("byte %d", at)
          .isEqualTo(100);
      assertThat(warnings.remove(0)).contains("step-00000200", "is damaged", name);
    }
    Files.write(file, whole);
    assertThat(newestQuietly().step()).isEqualTo(200);
  }

  @Test
  void aManifestThatWasCopiedOrMadeByHandIsDamage() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    Files.copy(file(1, 100, "manifest.json"), manifest, StandardCopyOption.REPLACE_EXISTING);
    assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
    assertThat(warnings.remove(0)).contains("it is that of step 100");
    for (String name : List.of("../manifest.json", "model.safetensors")) {
      Files.write(manifest, rewritten(whole, "adamw-first-moment.safetensors", name));
      assertThat(store.newest(Set.of(), warnings::add).orElseThrow().step()).isEqualTo(100);
      assertThat(warnings.remove(0)).contains("it lists a file '" + name);
    }
  }

  private static byte[] rewritten(byte[] checksummed, String from, String to) {
    return ChecksummedJson.write(ChecksummedJson.read(checksummed).json().replace(from, to));
  }

  @Test
  void aFlippedBitOfATensorIsFoundOnLoading() throws IOException {
    save(1, 100, 2);
    Path file = file(1, 100, "model.safetensors.00002-of-00002");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 10] ^= 1;
    Files.write(file, bytes);
    CheckpointName newest = store.newest().orElseThrow().name();
    assertThatThrownBy(() -> store.loadParameters(newest, replica))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessageContaining("model.safetensors.00002-of-00002 is damaged (its CRC-32C");
    save(2, 50, 1);
    assertThat(store.newest(Set.of(newest), warnings::add).orElseThrow().step()).isEqualTo(50);
  }

  @Test
  void anotherVersionIsNotTakenForDamage() throws IOException {
    save(1, 100, 1);
    save(1, 200, 1);
    Path manifest = file(1, 200, "manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    byte[] later = rewritten(whole, "\"version\" : 4", "\"version\" : 5");
    // Version 3 had no checksum.
    byte[] earlier =
        ChecksummedJson.read(whole)
            .json()
            .replace("\"version\" : 4", "\"version\" : 3")
            .getBytes(StandardCharsets.UTF_8);
    for (byte[] other : List.of(later, earlier)) {
      Files.write(manifest, other);
      assertThatThrownBy(() -> store.newest())
          .isInstanceOf(CheckpointException.class)
          .isNotInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining("is of version " + (other == later ? 5 : 3))
          .hasMessageContaining("reads version 4");
    }
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
    // The only one to go on from is the third.
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

  private void save(int attempt, long step, int ranks) {
    List<CheckpointWriter> writers =
        IntStream.range(0, ranks)
            .mapToObj(
                rank ->
                    new CheckpointWriter(
                        run, attempt, rank, ranks, replica, Map.of("residual", residual(rank))))
            .toList();
    try {
      List<StoredFile> files = new ArrayList<>();
      for (CheckpointWriter writer : writers) {
        writer.begin(step);
        files.addAll(writer.written());
      }
      writers.get(0).commit(state(step), files, KEEP_ALL, () -> {});
      writers.get(0).awaitCommit();
    } finally {
      writers.forEach(CheckpointWriter::close);
    }
  }

  private Checkpoint newestQuietly() {
    return store.newest(Set.of(), warning -> {}).orElseThrow();
  }

  private Path file(int attempt, long step, String name) {
    return directory.resolve(new CheckpointName(attempt, step).file(name));
  }

  private List<String> directories() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static TrainingState state(long step) {
    return new TrainingState(
        step,
        step * 10,
        1005,
        3.25,
        4,
        2,
        List.of(new PassedOver(3, 5)),
        List.of(2.5, 2.25),
        new Provenance("run.seed = 1", "abc", 2, "0.1", "torch 2", "4.1", "17"));
  }

  private static Replica replica() {
    return new TorchEngine()
        .replica(
            ModelConfig.paper(
                50,
                8,
                16,
                2,
                new AttentionConfig(16, 2, 2),
                FfnConfig.paper(32, new FfnStructure.LowRank(4))),
            Device.cpu(1),
            Precision.FP32);
  }

  private static float[] values(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }
}
