package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.torch.TorchEngine;
import dev.larkspur.metrics.Progress;
import dev.larkspur.settings.Settings;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.RunDirectory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training job on embedded Spark: numbers, files, resuming. */
class TrainingJobIT {
  @TempDir private static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void prepare() throws Exception {
    spark = SmallCorpus.spark();
    SmallCorpus.prepare(spark, directory);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void twoWorkersEndAsOneDoes() {
    train("two");
    train("one", "training.workers=1");
    float[] two = parameters("two");
    float[] one = parameters("one");
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - two[i]));
    }
    // Sums in another order differ by 2^-24 relative; Adam's quotient of moments passes that on to
    // an update of at most
    // lr = 0.003, twenty times. A wrong share of the batch would show as whole updates, 0.003 and
    // more.
    assertThat(largest).isLessThan(1e-4);
    assertThat(one).isNotEqualTo(new float[one.length]);
  }

  @Test
  void aShardedOptimizerEndsWithTheSameFilesAlsoWhenResumed() throws Exception {
    train("whole-optimizer");
    train("sharded", "training.shard-optimizer=true");
    Path last = directory.resolve("sharded/checkpoints/step-00000020/manifest.json");
    Files.delete(last);
    train("sharded", "training.shard-optimizer=true");
    for (String file :
        List.of(
            "model.safetensors",
            "adamw-first-moment.safetensors",
            "adamw-second-moment.safetensors")) {
      String place = "checkpoints/step-00000020/" + file;
      assertThat(directory.resolve("sharded").resolve(place))
          .hasSameBinaryContentAs(directory.resolve("whole-optimizer").resolve(place));
    }
  }

  @Test
  void theRunDirectoryTellsEverything() throws Exception {
    List<Progress> progress = new ArrayList<>();
    Settings settings = SmallCorpus.settings(directory, "whole");
    TrainingSummary summary = TrainingJob.run(spark, settings, progress::add).summary();

    assertThat(summary.status()).isEqualTo("completed");
    assertThat(summary.step()).isEqualTo(20);
    assertThat(summary.tokens()).isEqualTo(20 * 16 * 32);
    assertThat(summary.workers()).isEqualTo(2);
    assertThat(summary.validationPerplexity())
        .isCloseTo(Math.exp(summary.validationLoss()), within(1e-9))
        .isLessThan(summary.unigramPerplexity() * 1.5);
    Path run = directory.resolve("whole");
    JsonNode json = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "status",
            "step",
            "tokens",
            "trainingLoss",
            "validationLoss",
            "validationPerplexity",
            "tokensPerSecond",
            "parameters",
            "ffnParameters",
            "trainingFlops",
            "wallSeconds",
            "workers",
            "engine",
            "device",
            "precision");
    assertThat(files(run))
        .contains("config.conf", "summary.json", "tokenizer.json")
        .contains(
            "checkpoints/step-00000015/manifest.json",
            "checkpoints/step-00000020/manifest.json",
            "checkpoints/step-00000020/model.safetensors")
        .noneMatch(file -> file.contains("step-00000010"));
    List<JsonNode> lines = metrics(run);
    assertThat(
            lines.stream().filter(line -> line.has("loss")).map(line -> line.get("step").asInt()))
        .containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(lines.stream().filter(line -> line.has("validationLoss"))).hasSize(2);
    assertThat(lines.get(0).get("seconds").fieldNames())
        .toIterable()
        .containsExactly("data", "compute", "exchange", "optimizer");
  }

  @Test
  void cutAtAnyCheckpointAndResumedItEndsWithTheSameBits() throws Exception {
    train("uncut");
    for (int cut : new int[] {5, 10, 15}) {
      String run = "cut-" + cut;
      train(run, "checkpoint.keep=10");
      Path checkpoints = directory.resolve(run).resolve("checkpoints");
      for (int step = cut + 5; step <= 20; step += 5) {
        Files.delete(checkpoints.resolve("step-%08d/manifest.json".formatted(step)));
      }
      TrainingSummary summary = train(run);
      assertThat(summary.step()).isEqualTo(20);
      for (String file :
          List.of(
              "model.safetensors",
              "adamw-first-moment.safetensors",
              "adamw-second-moment.safetensors")) {
        String place = "checkpoints/step-00000020/" + file;
        assertThat(directory.resolve(run).resolve(place))
            .hasSameBinaryContentAs(directory.resolve("uncut").resolve(place));
      }
      assertThat(metrics(directory.resolve(run)).stream().filter(line -> line.has("loss")))
          .hasSize(20);
    }
  }

  @Test
  void aFinishedRunIsLeftAlone() {
    train("finished");
    TrainingResult again =
        TrainingJob.run(spark, SmallCorpus.settings(directory, "finished"), progress -> {});
    assertThat(again.outcome()).isEqualTo(TrainingResult.Outcome.ALREADY_DONE);
    assertThat(again.summary().step()).isEqualTo(20);
    Settings longer = SmallCorpus.settings(directory, "finished", "training.steps=25");
    assertThat(TrainingJob.run(spark, longer, progress -> {}).summary().step()).isEqualTo(25);
  }

  @Test
  void anotherModelDoesNotGoOnFromTheCheckpoint() {
    train("taken");
    assertThatThrownBy(() -> train("taken", "model.layers=3", "training.global-batch=32"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cannot go on from")
        .hasMessageContaining("layers=2")
        .hasMessageContaining("training.global-batch was 16 and is 32")
        .hasMessageContaining("another run.dir");
  }

  @Test
  void tooFewSlotsAreReportedWithTheNumbers() {
    assertThatThrownBy(() -> train("wide", "training.workers=4"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("training.workers = 4, but local[2] offers 2 task slots");
  }

  private static TrainingSummary train(String run, String... more) {
    return TrainingJob.run(spark, SmallCorpus.settings(directory, run, more), progress -> {})
        .summary();
  }

  private static float[] parameters(String run) {
    Corpus corpus = Corpus.open(directory.resolve("corpus").toString(), new Configuration());
    RunDirectory runDirectory =
        new RunDirectory(directory.resolve(run).toString(), new Configuration());
    CheckpointStore store = new CheckpointStore(runDirectory);
    Checkpoint checkpoint = store.newest().orElseThrow();
    try (Replica replica =
        new TorchEngine()
            .replica(
                TrainingJob.modelFor(corpus, SmallCorpus.settings(directory, run)),
                Device.cpu(1),
                Precision.FP32)) {
      store.load(checkpoint, replica);
      float[] values = new float[(int) replica.parameters().length()];
      replica.parameters().read(0, FloatBuffer.wrap(values));
      return values;
    }
  }

  private static List<String> files(Path run) throws Exception {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .toList();
    }
  }

  private static List<JsonNode> metrics(Path run) throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.resolve("metrics"))) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(json.readTree(line));
        }
      }
    }
    return lines;
  }
}
