package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.strategy.TrainingStrategy;
import dev.larkspur.train.EmbeddedTrainings;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A training by Deeplearning4j's SharedTrainingMaster on two executors. */
@EnabledIf(value = "isThere", disabledReason = "SharedTrainingMaster is for Scala 2.12 only")
class SharedTrainingIT {
  private static final String[] SHARED = {
    "training.strategy=dl4j-shared-training",
    "training.engine=dl4j",
    "training.device=cpu",
    "training.micro-batch=8",
    "training.dl4j.round-steps=10",
    "training.log-every=10",
    "checkpoint.every=10",
    "training.dl4j.threshold=1e-3",
    "training.dl4j.stall-timeout=90s",
    // 0.09 has been seen after so few steps; what the fence does is tested elsewhere.
    "training.dl4j.max-replica-distance=0.5",
    "checkpoint.keep=10"
  };

  @TempDir private Path directory;

  static boolean isThere() {
    return TrainingStrategy.find("dl4j-shared-training").isPresent();
  }

  @Test
  void replicasOnTwoExecutorsTrainOneModelInRoundsAndSurviveTheLossOfOneInANewProcess()
      throws Exception {
    try (EmbeddedTrainings trainings = EmbeddedTrainings.prepare(directory)) {
      String[] arguments = train("shared", "training.steps=40");
      try (StandaloneCluster cluster = new StandaloneCluster(directory, 2)) {
        try (Child train = cluster.submitWithDl4j(arguments)) {
          train.await("  step 10/40 ");
          StackTraces.awaitAny(cluster.executors(), "SharedTrainingWrapper.run").destroyForcibly();
          assertThat(train.exitCode()).as(train.output()).isEqualTo(1);
          assertThat(train.output())
              .contains("dl4j-shared-training trains in rounds of 10 steps: replicas differ")
              .containsPattern(
                  "dl4j-shared-training failed in the round after step \\d+: executors \\[[01]\\] were lost. The same command resumes from there");
        }
        try (Child train = cluster.submitWithDl4j(arguments)) {
          train.await("resuming from the checkpoint of step [123]0");
          assertThat(train.exitCode()).as(train.output()).isZero();
        }
      }

      List<JsonNode> lines = RunFiles.metrics(directory.resolve("shared"));
      assertThat(lines.stream().filter(line -> line.has("replicaDistance")))
          .extracting(line -> line.get("step").asLong())
          .containsExactly(10L, 20L, 30L, 40L);
      assertThat(lines.stream().filter(line -> line.has("replicaDistance")))
          .allSatisfy(
              line -> {
                // They always differ; 0.09 has been seen.
                assertThat(line.get("replicaDistance").asDouble()).isBetween(1e-6, 0.2);
                assertThat(line.get("parameterChange").asDouble()).isGreaterThan(1e-3);
              });
      double[] losses =
          lines.stream()
              .filter(line -> line.has("loss"))
              .mapToDouble(line -> line.get("loss").asDouble())
              .toArray();
      assertThat(losses).as(Arrays.toString(losses)).hasSize(4);
      assertThat(losses[3]).isLessThan(losses[0] - 0.1);
      double validated = trainings.validationLoss("shared", 40);
      assertThat(validated).isLessThan(Math.log(512) - 0.2);
      // The checkpoint is one of any engine.
      assertThat(trainings.evaluated("shared", "training.engine=torch"))
          .isCloseTo(validated, within(1e-4));
    }
  }

  private String[] train(String run, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    Stream.of(Stream.of(SmallCorpus.arguments(directory, run, SHARED)), Stream.of(more))
        .flatMap(assignments -> assignments)
        .forEach(assignment -> arguments.addAll(List.of("--set", assignment)));
    return arguments.toArray(String[]::new);
  }
}
