package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
import dev.larkspur.mlflow.RecordingServer;
import dev.larkspur.settings.Settings;
import dev.larkspur.tensorboard.EventReader;
import dev.larkspur.train.EmbeddedTrainings;
import dev.larkspur.train.NotingObserver;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import dev.larkspur.train.cluster.Slots.SlotsException;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.HistogramProto;

/** The training job on embedded Spark: numbers and files. */
class TrainingJobIT {
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

  @Test
  void aShardedOptimizerEndsWithTheSameFilesAlsoWhenResumed() throws Exception {
    trainings.train("whole-optimizer");
    try (RecordingServer mlflow = new RecordingServer()) {
      String[] sharded = {
        "training.shard-optimizer=true",
        "metrics.sinks=[tensorboard, mlflow]",
        "metrics.histograms-every=5",
        "metrics.spectral-norms-every=5",
        "metrics.peak-flops=1e12",
        "metrics.mlflow.tracking-uri=" + mlflow.uri(),
        "metrics.mlflow.upload-model=true"
      };
      trainings.train("sharded", sharded);
      Files.delete(RunFiles.checkpoint(directory.resolve("sharded"), 20).resolve("manifest.json"));
      trainings.train("sharded", sharded);
      eachSinkHasEachStepOnce(directory.resolve("sharded"), mlflow);
    }
    assertThat(RunFiles.tensors(directory.resolve("sharded"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("whole-optimizer"), 20));
  }

  private static void eachSinkHasEachStepOnce(Path run, RecordingServer mlflow) throws Exception {
    List<Long> all = LongStream.rangeClosed(1, 20).boxed().toList();
    for (String number : List.of("loss", "mfu", "memoryBytes", "seconds/compute")) {
      assertThat(EventReader.steps(run, number)).as(number).containsExactlyElementsOf(all);
      assertThat(mlflow.steps(number)).as(number).containsExactlyElementsOf(all);
    }
    List<Long> fifths = List.of(5L, 10L, 15L, 20L);
    assertThat(mlflow.steps("spectralNorm/ffn.up.u")).containsExactlyElementsOf(fifths);
    assertThat(EventReader.steps(run, "gradients/embedding.weight"))
        .containsExactlyElementsOf(fifths);
    assertHistogramIsOfTheCheckpoint(run);
    assertThat(mlflow.status()).isEqualTo("FINISHED");
    assertThat(mlflow.artifacts().keySet())
        .anyMatch(name -> name.endsWith("/model/config.conf"))
        .anyMatch(name -> name.contains("/model/model.safetensors"));
  }

  /** The weights of a step whose checkpoint has the same. */
  private static void assertHistogramIsOfTheCheckpoint(Path run) throws Exception {
    String norm = "layers.1.ffn.norm.weight";
    HistogramProto histogram =
        EventReader.values(run, "weights/" + norm).stream()
            .filter(value -> value.step() == 20)
            .map(value -> value.value().getHisto())
            .findFirst()
            .orElseThrow();
    double[] stored = RunFiles.parameter(run, 20, norm);
    assertThat(histogram.getNum()).isEqualTo(stored.length);
    assertThat(histogram.getSum()).isCloseTo(DoubleStream.of(stored).sum(), within(1e-5));
    assertThat(histogram.getMin()).isEqualTo(DoubleStream.of(stored).min().orElseThrow());
    assertThat(histogram.getMax()).isEqualTo(DoubleStream.of(stored).max().orElseThrow());
  }

  @Test
  void theRunDirectoryDescribesTheRun() throws Exception {
    List<Progress> progress = new ArrayList<>();
    Settings settings = SmallCorpus.settings(directory, "whole");
    TrainingSummary summary = TrainingJob.run(trainings.spark(), settings, progress::add).summary();

    assertThat(summary.status()).isEqualTo("completed");
    assertThat(summary.step()).isEqualTo(20);
    assertThat(summary.tokens()).isEqualTo(20 * 16 * 32);
    assertThat(summary.execution().workers()).isEqualTo(2);
    assertThat(summary.validationPerplexity())
        .isCloseTo(Math.exp(summary.validationLoss()), within(1e-9));
    assertProgress(progress);
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
    assertThat(RunFiles.names(run))
        .contains("config.conf", "summary.json", "tokenizer.json")
        .contains(
            "checkpoints/step-00000015-attempt-1/manifest.json",
            "checkpoints/step-00000020-attempt-1/manifest.json",
            "checkpoints/step-00000020-attempt-1/model.safetensors.00001-of-00002")
        .noneMatch(file -> file.contains("step-00000010"));
    List<JsonNode> lines = RunFiles.metrics(run);
    assertThat(
            lines.stream().filter(line -> line.has("loss")).map(line -> line.get("step").asInt()))
        .containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList());
    // Before the first update every token is about as likely: the logarithm of the vocabulary.
    assertThat(lines.get(0).get("loss").asDouble()).isCloseTo(Math.log(512), within(0.05));
    List<Double> validated =
        lines.stream()
            .filter(line -> line.has("validationLoss"))
            .map(line -> line.get("validationLoss").asDouble())
            .toList();
    assertThat(validated).hasSize(2).last().isEqualTo(summary.validationLoss());
    assertThat(validated.get(0)).isLessThan(Math.log(512) - 0.2);
    assertThat(validated.get(1)).isLessThan(validated.get(0) - 0.1);
    assertThat(lines.get(0).get("seconds").fieldNames())
        .toIterable()
        .containsExactly("data", "compute", "exchange", "optimizer", "checkpoint");
  }

  /** Of a training that writes no checkpoint until its end. */
  @Test
  void linesAreThereWithinSecondsAndAFailingSinkIsReportedOnce() throws Exception {
    Path run = directory.resolve("seen");
    List<Long> elsewhere = new CopyOnWriteArrayList<>();
    List<String> notes = new CopyOnWriteArrayList<>();
    MetricsSink failing =
        (step, line) -> {
          throw new IllegalStateException("the board is away");
        };
    Settings settings =
        SmallCorpus.settings(
            directory,
            "seen",
            "training.steps=4000",
            "training.log-every=1",
            "checkpoint.every=4000");
    CompletableFuture<TrainingResult> training =
        CompletableFuture.supplyAsync(
            () ->
                TrainingJob.run(
                    trainings.spark(),
                    settings,
                    new NotingObserver(notes),
                    step -> List.of(failing, (at, line) -> elsewhere.add(at))));
    while (!Files.isDirectory(run.resolve("metrics")) && !training.isDone()) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(run.resolve("checkpoints")).doesNotExist();
    Files.writeString(run.resolve("stop"), "");
    TrainingSummary stopped = training.get().summary();
    assertThat(stopped.status()).isEqualTo("stopped");
    assertThat(notes).filteredOn(note -> note.contains("the board is away")).hasSize(1);
    List<Long> steps = LongStream.rangeClosed(1, stopped.step()).boxed().toList();
    assertThat(RunFiles.metrics(run))
        .filteredOn(line -> line.has("loss"))
        .extracting(line -> line.get("step").asLong())
        .containsExactlyElementsOf(steps);
    assertThat(elsewhere).containsSubsequence(steps);
  }

  @Test
  void tooFewSlotsAreReportedWithTheNumbers() {
    assertThatThrownBy(() -> trainings.train("wide", "training.workers=4"))
        .isInstanceOf(SlotsException.class)
        .hasMessageContaining("training.workers = 4, but local[2] offers 2 task slots");
  }

  /** How much of it arrives is up to the clock. */
  private static void assertProgress(List<Progress> progress) {
    assertThat(progress).isNotEmpty().isSortedAccordingTo(Comparator.comparingLong(Progress::step));
    assertThat(progress)
        .allSatisfy(
            at -> {
              assertThat(at.steps()).isEqualTo(20);
              assertThat(at.step()).isBetween(0L, 20L);
              assertThat(at.firstStep()).isZero();
              // With a line of metrics at each step, the newest is about the last one.
              assertThat(at.training() == null ? 0 : at.training().step()).isEqualTo(at.step());
              assertThat(at.secondsInSteps() > 0)
                  .isEqualTo(at.step() > 0 || at.position().partOfStep() > 0);
            });
  }
}
