package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.EmbeddedTrainings;
import dev.larkspur.train.NotingObserver;
import dev.larkspur.train.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training by Deeplearning4j's ParallelWrapper, in a run like any other. */
class ParallelWrapperIT {
  private static final String[] WRAPPER = {
    "training.strategy=dl4j-parallel-wrapper",
    "training.engine=dl4j",
    "training.device=cpu",
    "training.micro-batch=8",
    "training.dl4j.round-steps=10",
    "training.validation-every=15",
    "training.log-every=10",
    "checkpoint.every=10",
    "checkpoint.keep=10"
  };

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
  void roundsAreMeasuredAndSavedAndResumed() throws Exception {
    List<String> notes = new ArrayList<>();
    Settings settings = trainings.settings("whole", WRAPPER);
    TrainingSummary whole =
        TrainingJob.run(trainings.spark(), settings, new NotingObserver(notes)).summary();

    assertThat(notes)
        .anyMatch(
            note ->
                note.contains("dl4j-parallel-wrapper trains in rounds of 10 steps: ")
                    && note.contains("averaging-steps"));
    assertThat(whole.status()).isEqualTo("completed");
    assertThat(whole.execution().workers()).isEqualTo(2);
    assertThat(whole.validationLoss()).isLessThan(Math.log(512) - 0.3);
    Path run = directory.resolve("whole");
    List<JsonNode> replicas =
        RunFiles.metrics(run).stream().filter(line -> line.has("replicaDistance")).toList();
    assertThat(replicas).extracting(line -> line.get("step").asLong()).containsExactly(10L, 20L);
    assertThat(replicas)
        .allSatisfy(
            line -> {
              assertThat(line.get("replicaDistance").asDouble()).isBetween(1e-5, 0.1);
              assertThat(line.get("parameterChange").asDouble()).isBetween(1e-3, 1.0);
            });
    // Due after step 15, and after the last step.
    assertThat(trainings.validations("whole")).containsExactly(20);
    List<Double> losses = trainings.losses("whole");
    assertThat(losses).hasSize(2);
    assertThat(losses.get(1)).isLessThan(losses.get(0) - 0.2);

    // The last round, trained again, ends with the same bytes.
    Map<String, ?> tensors = RunFiles.tensors(run, 20);
    Files.delete(RunFiles.checkpoint(run, 20).resolve("manifest.json"));
    assertThat(trainings.train("whole", WRAPPER).step()).isEqualTo(20);
    assertThat(RunFiles.tensors(run, 20)).isEqualTo(tensors);
    // Of any engine.
    assertThat(trainings.evaluated("whole", "training.engine=torch"))
        .isCloseTo(whole.validationLoss(), within(1e-4));
  }
}
