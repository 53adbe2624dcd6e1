package dev.larkspur.run;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small model whose checkpoints are saved and looked for. */
abstract class CheckpointFixture {
  static final Retention KEEP_ALL = new Retention(Integer.MAX_VALUE, 0, Set.of());
  @TempDir Path directory;
  final List<String> warnings = new ArrayList<>();
  RunDirectory run;
  CheckpointStore store;
  Replica replica;

  @BeforeEach
  void open() {
    run = new RunDirectory(directory.toString(), new Configuration());
    store = new CheckpointStore(run);
    replica = replica();
    replica.initialize(1);
    replica
        .optimizerState()
        .vector(AdamW.FIRST_MOMENT)
        .write(5, FloatBuffer.wrap(new float[] {1, 2, 3}));
    replica
        .optimizerState()
        .vector(AdamW.SECOND_MOMENT)
        .write(7, FloatBuffer.wrap(new float[] {4, 5, 6}));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  /** What a compressed exchange of a rank would hold back: other values on each. */
  FlatVector residual(int rank) {
    FlatVector residual = new HeapVector(replica.table().length());
    residual.write(17, FloatBuffer.wrap(new float[] {1 << rank}));
    return residual;
  }

  void save(int attempt, long step, int ranks) {
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

  Checkpoint newestQuietly() {
    return store.newest(Set.of(), warning -> {}).orElseThrow();
  }

  Path file(int attempt, long step, String name) {
    return directory.resolve(new CheckpointName(attempt, step).file(name));
  }

  List<String> directories() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static TrainingState state(long step) {
    return new TrainingState(
        step,
        step * 10,
        1005,
        3.25,
        new TrainingState.Skips(4, 2, List.of(new SkippedBatches(3, 5)), List.of(2.5, 2.25)),
        Map.of("threshold", 1e-4),
        new Provenance("run.seed = 1", "abc", 2, "0.1", "torch 2", "4.1", "17"));
  }

  static Replica replica() {
    return Engines.named("torch")
        .replica(
            ModelConfig.paper(
                50,
                8,
                16,
                2,
                new AttentionConfig(16, 2, 2),
                FfnConfig.paper(32, new FfnStructure.LowRank(4))),
            Device.cpu(1),
            Precision.FP32,
            AdamW.PAPER);
  }

  static float[] values(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }
}
