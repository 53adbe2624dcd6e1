package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a training on a real cluster die, hang and are told to end. */
@TestMethodOrder(OrderAnnotation.class)
class RecoveryIT {
  private static final int STEPS = 300;

  /** Slow enough to be hit, heard of often, and quick to notice. */
  private static final String[] LONG = {
    "training.steps=" + STEPS,
    "training.global-batch=64",
    "training.micro-batch=32",
    "training.restart-delay=1s",
    "training.collective-timeout=8s",
    "checkpoint.every=20",
    "checkpoint.keep=20",
    "training.validation-every=100",
    "training.log-every=1",
    "spark.executor.heartbeatInterval=100ms",
    "spark.network.timeout=10s",
    "spark.network.timeoutInterval=2s",
  };

  @TempDir private static Path directory;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
    try (Child undisturbed = embedded("undisturbed")) {
      assertThat(undisturbed.exitCode()).as(undisturbed.output()).isZero();
    }
    cluster = new StandaloneCluster(directory, 2);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The last one on the cluster: it has no master then. */
  @Test
  @Order(2)
  void executorsAndTheMasterDieAndAWorkerFreezes() throws Exception {
    try (Child driver = cluster.submit(train("deaths"))) {
      driver.await("  step [2-9]\\d/300 ");
      cluster.executor().orElseThrow().destroyForcibly();
      driver.await("restart 1 of 3, from step \\d+");
      driver.await("  step ([5-9]\\d|1\\d\\d)/300 ");
      signal("STOP", cluster.executor().orElseThrow());
      driver.await("restart \\d of 3, from step \\d+");
      driver.await("  step 1\\d\\d/300 ");
      cluster.killMaster();
      assertThat(driver.exitCode()).as(driver.output()).isZero();
    }
    assertSameTensors("deaths");
  }

  @Test
  @Order(1)
  void withFewerSlotsItGoesOnWithFewerWorkersAndTakesMoreWhenTheyAreBack() throws Exception {
    try (Child driver = cluster.submit(train("slots", "training.workers=auto"))) {
      driver.await("  step [2-9]\\d/300 ");
      cluster.killWorker();
      driver.await("1 worker(?!s)");
      driver.await("  step ([5-9]\\d|1\\d\\d)/300 ");
      cluster.addWorker();
      // As a cluster manager does before it takes a machine away.
      cluster.executor().orElseThrow().destroy();
      driver.await("is being taken away|restart \\d of 3");
      driver.await("2 workers");
      assertThat(driver.exitCode()).as(driver.output()).isZero();
    }
    List<JsonNode> disturbed = losses("slots");
    List<JsonNode> undisturbed = losses("undisturbed");
    assertThat(disturbed).hasSameSizeAs(undisturbed);
    for (int line = 0; line < disturbed.size(); line++) {
      assertThat(disturbed.get(line).get("loss").asDouble())
          .as("line %d", line)
          .isCloseTo(undisturbed.get(line).get("loss").asDouble(), within(1e-4));
    }
  }

  @Test
  void whoeverAsksItToEndGetsACheckpoint() throws Exception {
    try (Child driver = embedded("asked")) {
      driver.await("  step [2-9]\\d/300 ");
      driver.terminate();
      // 128 + 15: the JVM's own code for an end by SIGTERM.
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(143);
      assertThat(driver.output()).contains("writing a checkpoint first");
    }
    try (Child driver = embedded("asked")) {
      driver.await("going on from the checkpoint of step");
      Files.writeString(directory.resolve("asked/stop"), "");
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(75);
      assertThat(driver.output()).contains("Stopped:");
    }
    try (Child driver = embedded("asked")) {
      assertThat(driver.exitCode()).as(driver.output()).isZero();
    }
    assertSameTensors("asked");
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(code).isZero();
  }

  private static Child embedded(String run) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(train(run)));
    arguments.addAll(List.of("--master", "local[2]"));
    return Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of());
  }

  private static String[] train(String run, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    for (String assignment : SmallCorpus.arguments(directory, run, LONG)) {
      arguments.addAll(List.of("--set", assignment));
    }
    for (String assignment : more) {
      arguments.addAll(List.of("--set", assignment));
    }
    return arguments.toArray(String[]::new);
  }

  private static List<JsonNode> losses(String run) throws IOException {
    return RunFiles.metrics(directory.resolve(run)).stream()
        .filter(line -> line.has("loss"))
        .toList();
  }

  private static void assertSameTensors(String run) {
    assertThat(RunFiles.tensors(directory.resolve(run), STEPS))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("undisturbed"), STEPS));
  }
}
