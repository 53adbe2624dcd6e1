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
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  @TempDir private Path directory;
  private CheckpointStore store;
  private Replica replica;

  @BeforeEach
  void open() {
    store = new CheckpointStore(new RunDirectory(directory.toString(), new Configuration()));
    replica = replica();
    replica.initialize(1);
    replica.firstMoment().write(5, FloatBuffer.wrap(new float[] {1, 2, 3}));
    replica.secondMoment().write(7, FloatBuffer.wrap(new float[] {4, 5, 6}));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  @Test
  void loadsWhatWasSaved() {
    store.save(state(100), replica);
    Checkpoint newest = store.newest().orElseThrow();
    assertThat(newest.step()).isEqualTo(100);
    assertThat(newest.state()).isEqualTo(state(100));
    try (Replica other = replica()) {
      store.load(newest, other);
      assertThat(values(other.parameters())).isEqualTo(values(replica.parameters()));
      assertThat(values(other.firstMoment())).isEqualTo(values(replica.firstMoment()));
      assertThat(values(other.secondMoment())).isEqualTo(values(replica.secondMoment()));
    }
  }

  @Test
  void theHighestStepIsTheNewestWhateverTheFileTimes() throws IOException {
    store.save(state(200), replica);
    store.save(state(100), replica);
    assertThat(store.newest().orElseThrow().step()).isEqualTo(200);
  }

  @Test
  void withoutItsManifestACheckpointDoesNotCount() throws IOException {
    store.save(state(100), replica);
    store.save(state(200), replica);
    Files.delete(directory.resolve("checkpoints/step-00000200/manifest.json"));
    assertThat(store.newest().orElseThrow().step()).isEqualTo(100);
  }

  @Test
  void norWithHalfOfIt() throws IOException {
    store.save(state(100), replica);
    store.save(state(200), replica);
    Path manifest = directory.resolve("checkpoints/step-00000200/manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    for (int length = 0; length < whole.length; length += 37) {
      Files.write(manifest, java.util.Arrays.copyOf(whole, length));
      assertThat(store.newest().orElseThrow().step()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "adamw-first-moment.safetensors", "training-state.json"})
  void aFileCutAfterwardsIsReportedByName(String name) throws IOException {
    store.save(state(100), replica);
    Path file = directory.resolve("checkpoints/step-00000100").resolve(name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> store.newest())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("delete its directory");
    Files.delete(file);
    assertThatThrownBy(() -> store.newest()).hasMessageContaining("is missing");
  }

  @Test
  void aFlippedBitIsFoundOnLoading() throws IOException {
    store.save(state(100), replica);
    Path file = directory.resolve("checkpoints/step-00000100/model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 10] ^= 1;
    Files.write(file, bytes);
    Checkpoint newest = store.newest().orElseThrow();
    assertThatThrownBy(() -> store.loadParameters(newest, replica))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors is damaged (its SHA-256");
  }

  @Test
  void keepsTheNewestAndClearsLeftoversBelowThem() throws IOException {
    for (long step = 100; step <= 500; step += 100) {
      store.save(state(step), replica);
    }
    Files.delete(directory.resolve("checkpoints/step-00000300/manifest.json"));
    Files.delete(directory.resolve("checkpoints/step-00000500/manifest.json"));
    store.keepNewest(2);
    // 500 may be one that is being written.
    assertThat(directories()).containsExactly("step-00000200", "step-00000400", "step-00000500");
    assertThat(store.newest().orElseThrow().step()).isEqualTo(400);
  }

  @Test
  void noStraysOnTheLocalFileSystem() throws IOException {
    store.save(state(100), replica);
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".crc"));
    }
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
        new Provenance("run.seed = 1", "abc", 2, "0.1", "torch 2", "4.1", "17"));
  }

  private static Replica replica() {
    return new TorchEngine()
        .replica(
            new ModelConfig(
                50,
                8,
                16,
                2,
                new AttentionConfig(16, 2, 2),
                new FfnConfig(32, new FfnStructure.LowRank(4), new FfnStructure.Dense()),
                1e4,
                1e-5,
                0.02),
            Device.cpu(1),
            Precision.FP32);
  }

  private static float[] values(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }
}
