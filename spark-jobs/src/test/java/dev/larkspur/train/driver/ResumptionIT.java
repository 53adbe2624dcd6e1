package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.Execution;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.EmbeddedTrainings;
import dev.larkspur.train.NotingObserver;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.train.worker.UpdateGuard.DivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resuming from a checkpoint, and when a training is refused. */
class ResumptionIT {
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
  void resumesBitIdenticallyFromAnyCheckpoint() throws Exception {
    trainings.train("uncut");
    for (int cut : new int[] {5, 10, 15}) {
      String run = "cut-" + cut;
      trainings.trainCutAndResume(run, cut);
      trainings.assertSameTensors(run, "uncut");
      assertThat(trainings.steps(run)).isEqualTo(trainings.steps("uncut"));
      assertThat(trainings.losses(run)).isEqualTo(trainings.losses("uncut"));
    }
  }

  @Test
  void resumesBitIdenticallyInBf16() throws Exception {
    String[] bf16 = {"training.precision=bf16", "training.steps=10"};
    trainings.train("uncut-bf16", bf16);
    trainings.trainCutAndResume("cut-bf16", 5, bf16);
    trainings.assertSameTensors("cut-bf16", "uncut-bf16");
    assertThat(trainings.losses("cut-bf16")).isEqualTo(trainings.losses("uncut-bf16"));
  }

  @Test
  void soDoesItWithTheEngineDl4j() throws Exception {
    String[] dl4j = {"training.engine=dl4j", "training.precision=fp32", "training.steps=10"};
    trainings.train("uncut-dl4j", dl4j);
    trainings.trainCutAndResume("cut-dl4j", 5, dl4j);
    trainings.assertSameTensors("cut-dl4j", "uncut-dl4j");
    assertThat(trainings.losses("cut-dl4j")).isEqualTo(trainings.losses("uncut-dl4j"));
  }

  @Test
  void soDoesItWithACompressedExchange() throws Exception {
    String[] compressed = {
      "training.exchange.compression=threshold",
      "training.exchange.threshold.initial=5e-3",
      "training.steps=10"
    };
    trainings.train("uncut-threshold", compressed);
    trainings.trainCutAndResume("cut-threshold", 5, compressed);
    trainings.assertSameTensors("cut-threshold", "uncut-threshold");
    List<JsonNode> steps = RunFiles.metrics(directory.resolve("uncut-threshold"));
    assertThat(RunFiles.metrics(directory.resolve("cut-threshold")))
        .extracting(line -> line.get("compression"))
        .isEqualTo(steps.stream().map(line -> line.get("compression")).toList());
    assertThat(steps.get(4).at("/compression/dense").asDouble()).isZero();
    assertThat(steps.get(4).at("/compression/threshold").asDouble())
        .isNotEqualTo(steps.get(3).at("/compression/threshold").asDouble());
  }

  @Test
  void resumesBitIdenticallyBetweenTwoLinesOfMetrics() throws Exception {
    String[] sparse = {"training.log-every=3", "training.steps=10"};
    trainings.train("uncut-3", sparse);
    trainings.trainCutAndResume("cut-3", 5, sparse);
    trainings.assertSameTensors("cut-3", "uncut-3");
    assertThat(trainings.steps("cut-3"))
        .isEqualTo(trainings.steps("uncut-3"))
        .containsExactly(3, 5, 6, 9, 10);
    assertThat(trainings.losses("cut-3")).isEqualTo(trainings.losses("uncut-3"));
  }

  @Test
  void aSelfGuidedTrainingResumesBitIdenticallyInEachPhase() throws Exception {
    String[] guided = {
      "training.self-guided.mode=fixed-flop",
      "training.self-guided.fraction=0.5",
      "training.self-guided.reduce-flop=true",
      "training.shard-optimizer=true",
      "training.steps=8",
      "training.validation-every=2",
      "checkpoint.every=2",
      "checkpoint.keep=10",
    };
    // Guided up to step 4, plain up to 8, and the tokens of the guided ones again up to 12.
    assertThat(trainings.train("guided", guided).step()).isEqualTo(12);
    assertThat(RunFiles.header(directory.resolve("guided"), 4))
        .contains("layers.1.ffn.up.guide.weight");
    assertThat(RunFiles.header(directory.resolve("guided"), 6))
        .contains("layers.1.ffn.up.u.weight")
        .doesNotContain("guide");
    for (long cut : new long[] {2, 4, 6, 10}) {
      String run = "guided-" + cut;
      RunFiles.copyUpTo(directory.resolve("guided"), directory.resolve(run), cut);
      assertThat(trainings.evaluated(run, guided))
          .isCloseTo(trainings.validationLoss("guided", cut), within(1e-6));
      trainings.train(run, guided);
      trainings.assertSameTensors(run, "guided");
      assertThat(trainings.losses(run)).isEqualTo(trainings.losses("guided"));
    }
    String[] longer =
        Stream.concat(Stream.of(guided), Stream.of("training.steps=10")).toArray(String[]::new);
    assertThatThrownBy(() -> trainings.train("guided", longer))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the length of a guided training was 12 steps and is 15");
  }

  @Test
  void aFinishedRunIsLeftAlone() {
    trainings.train("finished");
    TrainingResult again =
        TrainingJob.run(
            trainings.spark(), SmallCorpus.settings(directory, "finished"), progress -> {});
    assertThat(again.outcome()).isEqualTo(TrainingResult.Outcome.ALREADY_DONE);
    assertThat(again.summary().step()).isEqualTo(20);
    List<String> notes = new ArrayList<>();
    Settings shorter = SmallCorpus.settings(directory, "finished", "training.steps=15");
    assertThatThrownBy(() -> TrainingJob.run(trainings.spark(), shorter, progress -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is at step 20 already");
    Settings longer = SmallCorpus.settings(directory, "finished", "training.steps=25");
    assertThat(
            TrainingJob.run(trainings.spark(), longer, new NotingObserver(notes)).summary().step())
        .isEqualTo(25);
    assertThat(notes)
        .contains("settings changed since step 20: training.steps 20 -> 25")
        .anyMatch(note -> note.startsWith("learning rate of step 21: "));
  }

  @Test
  void changedSettingsAreInTheAttemptAndTheSummaryIsUpToDate() throws Exception {
    trainings.train("changed", "training.steps=5");
    trainings.train("changed", "training.steps=6", "checkpoint.keep=7");
    ObjectMapper json = new ObjectMapper();
    JsonNode attempt = json.readTree(path("changed", "attempts/00000002.json").toFile());
    assertThat(attempt.path("attempt").asInt()).isEqualTo(2);
    assertThat(attempt.path("changedSettings").toString())
        .isEqualTo(
            "[{\"key\":\"checkpoint.keep\",\"before\":\"2\",\"now\":\"7\"},"
                + "{\"key\":\"training.steps\",\"before\":\"5\",\"now\":\"6\"}]");
    JsonNode done = json.readTree(path("changed", "summary.json").toFile());
    assertThat(done.path("checkpointStep").asLong()).isEqualTo(6);
    assertThat(Instant.parse(done.path("written").asText())).isBefore(Instant.now());

    updateSummary("changed");
    JsonNode running = json.readTree(path("changed", "summary.json").toFile());
    assertThat(running.path("status").asText()).isEqualTo("running");
    assertThat(running.path("step").asLong()).isEqualTo(17);
    assertThat(running.path("tokens").asLong()).isEqualTo(17 * 16 * 32);
    assertThat(running.path("trainingLoss").asDouble()).isEqualTo(2.5);
    assertThat(running.path("validationLoss").asDouble()).isEqualTo(2.75);
    assertThat(running.path("tokensPerSecond").asDouble()).isEqualTo(1234.5);
    assertThat(running.path("checkpointStep").asLong()).isEqualTo(6);
    assertThat(running.path("steps").asLong()).isEqualTo(20);
    assertThat(running.path("activity").asText()).isEqualTo("training");
    assertThat(Instant.parse(running.path("progressed").asText())).isBefore(Instant.now());
  }

  /** Writes the summary of a run that is between two checkpoints. */
  private static void updateSummary(String name) {
    Settings settings = trainings.settings(name);
    RunDirectory run = new RunDirectory(settings.run().dir(), new Configuration());
    Corpus corpus = Corpus.open(settings.data().corpus(), new Configuration());
    AttemptRecord attempt = new AttemptRecord(run, progress -> {});
    attempt.progress(
        new Progress(
            Progress.Activity.TRAINING,
            new Progress.Position(17, 20, 6),
            1,
            30,
            new Progress.LatestMetrics(
                new StepMetrics(
                    16,
                    8192,
                    2.5,
                    1e-3,
                    new GradientMetrics(1, Map.of()),
                    new Execution(1234.5, 1e9, null, 0, 0),
                    PhaseSeconds.NONE),
                new ValidationMetrics(10, 5120, 2.75, 15.6, 1))));
    CheckpointStore checkpoints = new CheckpointStore(run);
    new SummaryFile(run, settings, corpus.manifest(), CorpusUse.modelFor(corpus, settings))
        .update(attempt, checkpoints.newest(), checkpoints.newestCommit(), new Slots(2, 1), 0);
  }

  private static Path path(String run, String name) {
    return directory.resolve(run).resolve(name);
  }

  @Test
  void aRunWithoutItsCheckpointsStartsOverOnlyIfAllowed() throws Exception {
    trainings.train("lost");
    FileUtils.deleteDirectory(directory.resolve("lost/checkpoints").toFile());
    for (String evidence : List.of("", "summary.json", "metrics")) {
      if (!evidence.isEmpty()) {
        FileUtils.forceDelete(directory.resolve("lost").resolve(evidence).toFile());
      }
      assertThatThrownBy(() -> trainings.train("lost"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("this run was at step " + (evidence.equals("metrics") ? 5 : 20))
          .hasMessageContaining("run.start-over = true");
    }
    assertThat(trainings.train("lost", "run.start-over=true").step()).isEqualTo(20);
    assertThat(trainings.steps("lost")).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(Files.readString(directory.resolve("lost/config.conf")))
        .contains("start-over=false");
    assertThat(trainings.train("lost").step()).isEqualTo(20);
  }

  @Test
  void aResumedRunMakesUpForAValidationThatWasStopped() throws Exception {
    String[] every5 = {"training.steps=5", "training.validation-every=5"};
    trainings.train("unvalidated", every5);
    double loss = trainings.validationLoss("unvalidated", 5);
    Path run = directory.resolve("unvalidated");
    for (String steps : List.of("training.steps=5", "training.steps=6")) {
      RunFiles.deleteValidations(run);
      Files.delete(run.resolve("summary.json"));
      trainings.train("unvalidated", "training.validation-every=5", steps);
      assertThat(trainings.validationLoss("unvalidated", 5)).isCloseTo(loss, within(1e-9));
    }
    assertThat(trainings.validations("unvalidated")).containsExactly(5, 6);
    Files.delete(run.resolve("summary.json"));
    trainings.train("unvalidated", "training.validation-every=5", "training.steps=6");
    assertThat(trainings.validations("unvalidated")).as("none is repeated").containsExactly(5, 6);
  }

  @Test
  void lostSettingsAreRestoredFromACheckpoint() throws Exception {
    trainings.train("unset");
    Path config = directory.resolve("unset/config.conf");
    String before = Files.readString(config);
    Files.delete(config);
    trainings.train("unset");
    assertThat(Files.readString(config)).isEqualTo(before);
  }

  @Test
  void aStopFileInterruptsALongStepAndHoldsTheRun() throws Exception {
    Path stop = directory.resolve("long/stop");
    Settings settings =
        SmallCorpus.settings(
            directory,
            "long",
            "training.global-batch=1048576",
            "training.micro-batch=1",
            "training.steps=3");
    TrainingObserver asksToStop =
        progress -> {
          try {
            Files.writeString(stop, "");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    TrainingResult stopped = TrainingJob.run(trainings.spark(), settings, asksToStop);
    assertThat(stopped.outcome()).isEqualTo(TrainingResult.Outcome.STOPPED);
    assertThat(stopped.summary().step()).as("a step takes hours").isZero();
    assertThat(TrainingJob.run(trainings.spark(), settings, progress -> {}).outcome())
        .as("a scheduler starts it again")
        .isEqualTo(TrainingResult.Outcome.HELD);
    assertThat(stop).exists();
  }

  @Test
  void whileAnotherDriverTrainsTheRunItIsRefused() throws Exception {
    RunDirectory run = new RunDirectory(directory.resolve("held").toString(), new Configuration());
    try (Lease lease = run.lease(TrainingJob.TRAINING, Duration.ofMillis(100), () -> {})) {
      assertThatThrownBy(() -> trainings.train("held"))
          .isInstanceOf(TryAgainException.class)
          .hasMessageContaining("Another training of")
          .hasMessageContaining("is running");
      lease.requireHeld();
    }
    assertThat(trainings.train("held").step()).isEqualTo(20);
  }

  @Test
  void aDivergingTrainingRollsBackSkipsBatchesAndFinallyFails() throws Exception {
    List<String> notes = new ArrayList<>();
    Settings settings =
        SmallCorpus.settings(
            directory,
            "diverged",
            "training.learning-rate=1e30",
            "training.warmup-fraction=0",
            "training.max-skipped=1",
            "training.max-restarts=2",
            "training.restart-delay=0s");
    assertThatThrownBy(
            () -> TrainingJob.run(trainings.spark(), settings, new NotingObserver(notes)))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the training diverges")
        .hasMessageContaining("training.learning-rate");
    assertThat(notes).filteredOn(note -> note.contains("restart")).hasSize(2);
    assertThat(Files.readString(directory.resolve("diverged/summary.json")))
        .contains("\"status\" : \"failed\"", "the training diverges");
  }

  @Test
  void anotherModelDoesNotResumeFromTheCheckpoint() {
    trainings.train("taken");
    assertThatThrownBy(() -> trainings.train("taken", "model.layers=3", "training.global-batch=32"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("cannot resume from")
        .hasMessageContaining("model.layers was 2 and is 3;")
        .hasMessageNotContaining("ModelConfig")
        .hasMessageContaining("training.global-batch was 16 and is 32")
        .hasMessageContaining("another run.dir");
  }
}
