package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a training on a real cluster die, hang and are terminated. */
@TestMethodOrder(OrderAnnotation.class)
class RecoveryIT {
  private static final int STEPS = 120;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String STEP = "  step \\d+/" + STEPS + " ";
  private static final String RESTART = "restart \\d of 9, from step \\d+";

  /** Slow enough to be hit, with frequent reports and short timeouts. */
  private static final String[] LONG = {
    "training.steps=" + STEPS,
    "training.global-batch=64",
    "training.micro-batch=32",
    "training.max-restarts=9",
    "training.restart-delay=200ms",
    "training.collective-timeout=8s",
    "checkpoint.every=20",
    "checkpoint.keep=20",
    "training.validation-every=60",
    "training.log-every=1",
    "spark.executor.heartbeatInterval=100ms",
    "spark.network.timeout=10s",
    "spark.network.timeoutInterval=2s",
  };

  @TempDir private static Path directory;
  @AutoClose private static StandaloneCluster cluster;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    SmallCorpus.prepare(directory);
    try (Child undisturbed = embedded("undisturbed")) {
      assertThat(undisturbed.exitCode()).as(undisturbed.output()).isZero();
    }
    cluster = new StandaloneCluster(directory, 2);
  }

  /** The last one on the cluster: it has no master then. */
  @Test
  @Order(3)
  void executorsAndTheMasterDieAndAWorkerFreezes() throws Exception {
    try (Child driver = cluster.submit(train("deaths"))) {
      driver.await(STEP);
      StackTraces.awaitAny(cluster.executors(), "TorchReplica.accumulate").destroyForcibly();
      driver.await(RESTART);
      driver.await(STEP);
      killInAllReduce();
      driver.await(RESTART);
      driver.await(STEP);
      killInUpload(driver, directory.resolve("deaths/checkpoints"));
      driver.await(STEP);
      signal("STOP", cluster.executors().get(0));
      driver.await(RESTART);
      driver.await(STEP);
      cluster.killMaster();
      assertThat(driver.exitCode()).as(driver.output()).isZero();
    }
    assertSameTensors("deaths");
  }

  /** Who has a frozen peer waits for it, and is killed there. */
  private static void killInAllReduce() throws Exception {
    List<ProcessHandle> executors = cluster.executors();
    signal("STOP", executors.get(0));
    // Of gradients, or of the numbers of a step.
    StackTraces.awaitAny(
            executors.subList(1, 2), "BucketedExchange.finish", "TorchCollective.allReduceSum")
        .destroyForcibly();
    signal("CONT", executors.get(0));
  }

  /** Kills as soon as a checkpoint has begun; one that was already complete was no hit. */
  private static void killInUpload(Child driver, Path checkpoints) throws Exception {
    Path begun;
    do {
      begun = awaitIncomplete(checkpoints);
      cluster.executors().get(0).destroyForcibly();
      driver.await(RESTART);
    } while (Files.exists(begun.resolve("manifest.json")));
    assertThat(begun).isNotEmptyDirectory();
  }

  private static Path awaitIncomplete(Path checkpoints) throws IOException {
    Set<Path> before = new HashSet<>(directories(checkpoints));
    while (true) {
      for (Path directory : directories(checkpoints)) {
        if (!before.contains(directory) && !Files.exists(directory.resolve("manifest.json"))) {
          return directory;
        }
      }
      Thread.onSpinWait();
    }
  }

  private static List<Path> directories(Path checkpoints) throws IOException {
    if (!Files.exists(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(checkpoints)) {
      return all.toList();
    }
  }

  /** Cluster mode: the driver is a process of the cluster, which starts it again. */
  @Test
  @Order(2)
  void aDriverThatDiesIsRestartedByTheClusterAndResumes() throws Exception {
    cluster.addWorker();
    try (Child submitted = cluster.submitSupervised(train("supervised"))) {
      assertThat(submitted.exitCode()).as(submitted.output()).isZero();
    }
    Path run = directory.resolve("supervised");
    awaitFile(run.resolve("checkpoints/step-00000020-attempt-1/manifest.json"));
    cluster.driver().orElseThrow().destroyForcibly();
    awaitFile(run.resolve("attempts/00000002.json"));
    cluster.awaitNoDriver();
    assertThat(Files.readString(run.resolve("summary.json"))).contains("\"completed\"");
    assertSameTensors("supervised");
    cluster.killWorker();
  }

  private static void awaitFile(Path file) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file)) {
      assertThat(System.nanoTime()).as("no %s", file).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  @Order(1)
  void withFewerSlotsItContinuesWithFewerWorkersAndAddsThemBackLater() throws Exception {
    // A relative path, which means another directory in the executors' working directories.
    Path run = Path.of("").toAbsolutePath().relativize(directory.resolve("slots"));
    try (Child driver = cluster.submit(train("slots", "training.workers=auto", "run.dir=" + run))) {
      driver.await("  step [2-9]\\d/" + STEPS + " ");
      cluster.killWorker();
      driver.await("1 worker(?!s)");
      cluster.addWorker();
      driver.await(STEP);
      // As a cluster manager does before it takes a machine away.
      cluster.executors().get(0).destroy();
      driver.await("was evicted");
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

  /** The add-on jar is on executors too, which train what the other engine trains. */
  @Test
  @Order(1)
  void executorsTrainWithTheEngineDl4j() throws Exception {
    String[] arguments = train("dl4j", "training.engine=dl4j", "training.device=cpu");
    try (Child driver = cluster.submitWithDl4j(arguments)) {
      driver.await(STEP);
      Files.writeString(directory.resolve("dl4j/stop"), "");
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(75);
    }
    List<JsonNode> own = losses("dl4j");
    List<JsonNode> torch = losses("undisturbed");
    assertThat(own).isNotEmpty();
    for (int line = 0; line < own.size(); line++) {
      assertThat(own.get(line).get("step")).isEqualTo(torch.get(line).get("step"));
      assertThat(own.get(line).get("loss").asDouble())
          .as("line %d", line)
          .isCloseTo(torch.get(line).get("loss").asDouble(), within(1e-3));
    }
  }

  @Test
  @Order(1)
  void aRunDirectoryThatExecutorsDoNotSeeIsRefused() throws Exception {
    Path run = Path.of("target/run-not-seen-by-executors");
    try (Child driver = cluster.submit(train("unseen", "run.dir=/proc/self/cwd/" + run))) {
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(2);
      assertThat(driver.output()).contains("does not see file:/proc/self/cwd/" + run);
    } finally {
      FileUtils.deleteDirectory(run.toFile());
    }
  }

  @Test
  void whoeverAsksItToEndGetsACheckpoint() throws Exception {
    try (Child driver = embedded("asked")) {
      driver.await("  step [2-9]\\d/" + STEPS + " ");
      driver.terminate();
      // 128 + 15: the JVM's own code for an end by SIGTERM.
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(143);
      assertThat(driver.output()).contains("writing a checkpoint first");
    }
    try (Child driver = embedded("asked")) {
      driver.await("resuming from the checkpoint of step");
      Files.writeString(directory.resolve("asked/stop"), "");
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(75);
      assertThat(driver.output()).contains("Stopped:");
    }
    try (Child driver = embedded("asked")) {
      // A scheduler starts it again: nobody has taken the file away.
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(3);
      assertThat(driver.output()).contains("asked/stop holds the run at step");
    }
    Files.delete(directory.resolve("asked/stop"));
    try (Child driver = embedded("asked")) {
      assertThat(driver.exitCode()).as(driver.output()).isZero();
    }
    assertSameTensors("asked");
  }

  @Test
  void aSecondSignalEndsItAtOnceAndQuietly() throws Exception {
    try (Child driver = embedded("twice")) {
      driver.await("  step \\d+/" + STEPS + " ");
      driver.terminate();
      driver.await("writing a checkpoint first");
      driver.terminate();
      // 128 + 15, whichever of the two signals has ended it.
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(143);
      assertThat(driver.output()).doesNotContain("restart", "cannot write", "Exception");
    }
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
