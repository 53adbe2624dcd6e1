package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.strategy.TrainingStrategies;
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

  @TempDir private static Path directory;

  static boolean isThere() {
    return TrainingStrategies.find("dl4j-shared-training").isPresent();
  }

  @Test
  void replicasOnTwoExecutorsTrainOneModelInRounds() throws Exception {
    try (EmbeddedTrainings trainings = EmbeddedTrainings.prepare(directory)) {
      List<String> arguments = new ArrayList<>(List.of("train"));
      Stream.of(SmallCorpus.arguments(directory, "shared", SHARED))
          .flatMap(assignment -> Stream.of("--set", assignment))
          .forEach(arguments::add);
      try (StandaloneCluster cluster = new StandaloneCluster(directory, 2);
          Child train = cluster.submitWithDl4j(arguments.toArray(String[]::new))) {
        assertThat(train.exitCode()).as(train.output()).isZero();
        assertThat(train.output())
            .contains("dl4j-shared-training trains in rounds of 10 steps: replicas differ");
      }

      List<JsonNode> lines = RunFiles.metrics(directory.resolve("shared"));
      assertThat(lines.stream().filter(line -> line.has("replicaDistance")))
          .hasSize(2)
          .allSatisfy(
              line -> {
                double change = line.get("parameterChange").asDouble();
                assertThat(change).isGreaterThan(1e-3);
                // Replicas differ, but agree on most of what the round has changed.
                assertThat(line.get("replicaDistance").asDouble()).isBetween(1e-6, change / 2);
              });
      double[] losses =
          lines.stream()
              .filter(line -> line.has("loss"))
              .mapToDouble(line -> line.get("loss").asDouble())
              .toArray();
      assertThat(losses).as(Arrays.toString(losses)).hasSize(2);
      assertThat(losses[1]).isLessThan(losses[0]);
      double validated = trainings.validationLoss("shared", 20);
      assertThat(validated).isLessThan(Math.log(512) - 0.1);
      // The checkpoint is one of any engine.
      assertThat(trainings.evaluated("shared", "training.engine=torch"))
          .isCloseTo(validated, within(1e-4));
    }
  }
}
