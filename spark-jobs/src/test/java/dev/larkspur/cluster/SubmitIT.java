package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code larkspur submit} by the launcher, on a cluster of separate JVMs. */
class SubmitIT {
  @TempDir private static Path directory;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    SparkContext spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
    cluster = new StandaloneCluster(directory, 2);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The driver starts in another directory, in which there is no such settings file. */
  @Test
  void inClusterModeSettingsFilesTravelAndTheProcessesSayWhoTheyAre() throws Exception {
    Path desk = Files.createDirectory(directory.resolve("desk"));
    Files.writeString(desk.resolve("base.conf"), "training.steps = 6\n");
    List<String> lines = new ArrayList<>(List.of("include \"base.conf\"", "run.name = small"));
    Arrays.stream(SmallCorpus.arguments(directory, "in-cluster", "training.workers=1"))
        .filter(line -> !line.startsWith("training.steps"))
        .map(SubmitIT::quoted)
        .forEach(lines::add);
    Files.write(desk.resolve("small.conf"), lines);

    try (Child submit =
        cluster.launch(
            desk,
            "submit",
            "--deploy-mode",
            "cluster",
            "--driver-memory",
            "512m",
            "--executor-memory",
            "512m",
            "--conf",
            "spark.driver.host=127.0.0.1",
            "--conf",
            "spark.executor.defaultJavaOptions=" + String.join(" ", BuiltJar.shortLived()),
            "--conf",
            "spark.driver.defaultJavaOptions=" + String.join(" ", BuiltJar.shortLived()),
            "train",
            "--master",
            "MASTER",
            "--conf",
            "small.conf")) {
      assertThat(submit.exitCode()).as(submit.output()).isZero();
      assertThat(submit.output()).contains("driver-");
    }

    cluster.awaitMaster("Registering app larkspur train small");
    cluster.awaitNoDriver();
    assertThat(directory.resolve("in-cluster/summary.json"))
        .as(() -> log("driver-"))
        .content()
        .contains("\"completed\"");
    assertThat(log("driver-")).contains("Trained ").doesNotContain(" INFO SparkContext");
    assertThat(log("app-"))
        .contains("run small, attempt 1, rank 0 of 1: on the CPU with 1 thread, from step 0 of 6")
        .contains("run small, attempt 1, rank 0 of 1: step 6, loss ")
        .contains("run small, attempt 1, rank 0 of 1: ends after step 6: completed");
  }

  private static String quoted(String assignment) {
    int equals = assignment.indexOf('=');
    return assignment.substring(0, equals) + " = \"" + assignment.substring(equals + 1) + "\"";
  }

  private static String log(String process) {
    try {
      return cluster.logs(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void wrongSettingsAreRefusedBeforeAnythingIsSubmitted() throws Exception {
    try (Child submit =
        cluster.launch(
            directory,
            "submit",
            "--master",
            "MASTER",
            "--deploy-mode",
            "cluster",
            "train",
            "--set",
            "training.workers=none")) {
      assertThat(submit.exitCode()).as(submit.output()).isEqualTo(2);
      assertThat(submit.output()).contains("training.workers");
    }
  }
}
