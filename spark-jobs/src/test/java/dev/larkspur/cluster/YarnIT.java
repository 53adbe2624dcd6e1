package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The commands on YARN, with files in HDFS whose addresses name no host, as clusters have them. */
@EnabledIfSystemProperty(named = "yarn.server", matches = ".+", disabledReason = "no Spark on YARN")
class YarnIT {
  private static final int STEPS = 80;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private static Path directory;
  @AutoClose private static YarnCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    SmallCorpus.prepare(directory);
    cluster = new YarnCluster(directory);
    try (FileSystem files = FileSystem.get(cluster.files())) {
      for (String file : List.of("documents.jsonl", "tokenizer.json")) {
        files.copyFromLocalFile(
            new org.apache.hadoop.fs.Path(directory.resolve(file).toUri()),
            new org.apache.hadoop.fs.Path("/" + file));
      }
      files.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(directory.resolve("corpus").toUri()),
          new org.apache.hadoop.fs.Path("/prepared-elsewhere"));
    }
  }

  @Test
  void fromDocumentsToTheSameModelInBothModes() throws Exception {
    String[] prepare = {
      "data.documents=hdfs:///documents.jsonl",
      "data.format=jsonl",
      "data.tokenizer=hdfs:///tokenizer.json",
      "data.context=32",
      "data.validation-fraction=0.05",
      "data.shards=2",
      "data.seed=1",
      "data.corpus=hdfs:///corpus"
    };
    assertDone("cluster", "documents", "prepare", prepare);
    assertDone("cluster", "nothing new", "prepare", prepare);
    assertDone("client", "in-client", "train", training("in-client"));
    assertDone("cluster", "in-cluster", "train", training("in-cluster"));

    try (FileSystem files = FileSystem.get(cluster.files())) {
      files.copyToLocalFile(
          new org.apache.hadoop.fs.Path("/runs"), new org.apache.hadoop.fs.Path(directory.toUri()));
    }
    assertThat(RunFiles.tensors(directory.resolve("runs/in-cluster"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("runs/in-client"), 20));
  }

  /**
   * By the launcher of the unpacked tarball; status reads HDFS from outside of YARN, which runs a
   * stopped training once more, and it then finds nothing to do.
   */
  @Test
  void aTrainingIsSubmittedWatchedStoppedAndResumed() throws Exception {
    org.apache.hadoop.fs.Path stop = new org.apache.hadoop.fs.Path("/runs/stopped/stop");
    try (Tarball tarball = Tarball.unpack(Files.createDirectory(directory.resolve("user")));
        FileSystem files = FileSystem.get(cluster.files())) {
      for (int attempt = 1; attempt <= 2; attempt++) {
        try (Child child = launch(tarball)) {
          awaitCheckpoint(files, "stopped", attempt);
          assertStatus(tarball, 75, "stopped (", "running");
          files.create(stop).close();
          assertThat(child.exitCode()).as(() -> child.output() + cluster.logs()).isZero();
        }
        assertStatus(tarball, 3, "delete that file, and the same command resumes");
        files.delete(stop, false);
      }
    }
  }

  private static Child launch(Tarball tarball) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("submit"));
    arguments.addAll(cluster.options());
    arguments.addAll(List.of("--master", "yarn", "--deploy-mode", "cluster", "train"));
    for (String assignment :
        SmallCorpus.arguments(
            directory, "", "run.name=stopped", "training.steps=5000", "training.slots-wait=4m")) {
      arguments.addAll(List.of("--set", onHdfs(assignment, "stopped")));
    }
    return tarball.start(
        directory, cluster.environment(), tarball.launcher(), arguments.toArray(String[]::new));
  }

  private static void assertStatus(Tarball tarball, int exitCode, String... words)
      throws Exception {
    Map<String, String> embedded =
        Map.of("HADOOP_CONF_DIR", cluster.environment().get("HADOOP_CONF_DIR"));
    try (Child status =
        tarball.start(
            directory, embedded, tarball.launcher(), "status", "--run", "hdfs:///runs/stopped")) {
      int code = status.exitCode();
      assertThat(status.output()).contains(words);
      assertThat(code).as(status.output()).isEqualTo(exitCode);
    }
  }

  /** A worker's container dies, then the application master, in which the driver is. */
  @Test
  void aKilledContainerAndAKilledMasterAreResumedFrom() throws Exception {
    String[] undisturbed = killable("directory-of-this-host");
    undisturbed[0] = "run.dir=" + directory.resolve("undisturbed");
    undisturbed[1] = "data.corpus=" + directory.resolve("corpus");
    List<String> arguments = new ArrayList<>(List.of("train", "--master", "local[2]"));
    for (String assignment : undisturbed) {
      arguments.addAll(List.of("--set", assignment));
    }
    try (Child child = Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of())) {
      assertThat(child.exitCode()).as(child.output()).isZero();
    }

    try (Child child = submit("cluster", "killed", "train", killable("killed"));
        FileSystem files = FileSystem.get(cluster.files())) {
      awaitCheckpoint(files, "killed", 1);
      kill("ExecutorBackend");
      awaitCheckpoint(files, "killed", 2);
      kill("ApplicationMaster");
      assertThat(child.exitCode()).as(() -> child.output() + cluster.logs()).isZero();
      boolean withoutChecksumFiles = true;
      files.copyToLocalFile(
          false,
          new org.apache.hadoop.fs.Path("/runs/killed"),
          new org.apache.hadoop.fs.Path(directory.toUri()),
          withoutChecksumFiles);
    }
    assertThat(cluster.outcome("killed")).isEqualTo(new YarnCluster.Outcome("SUCCEEDED", 2));
    assertThat(RunFiles.tensors(directory.resolve("killed"), STEPS))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("undisturbed"), STEPS));
  }

  /** Slow enough to be hit. */
  private static String[] killable(String run) {
    String[] settings =
        SmallCorpus.arguments(
            directory,
            run,
            "training.slots-wait=4m",
            "training.steps=" + STEPS,
            "training.global-batch=64",
            "training.micro-batch=32",
            "training.validation-every=" + STEPS,
            "training.restart-delay=200ms",
            "training.collective-timeout=8s",
            "checkpoint.every=5",
            "checkpoint.keep=20");
    return Arrays.stream(settings).map(setting -> onHdfs(setting, run)).toArray(String[]::new);
  }

  private static String onHdfs(String assignment, String run) {
    return switch (assignment.substring(0, assignment.indexOf('='))) {
      case "run.dir" -> "run.dir=hdfs:///runs/" + run;
      case "data.corpus" -> "data.corpus=hdfs:///prepared-elsewhere";
      default -> assignment;
    };
  }

  /** Waits for a checkpoint of an attempt of the run. */
  private static void awaitCheckpoint(FileSystem files, String run, int attempt) throws Exception {
    org.apache.hadoop.fs.Path manifests =
        new org.apache.hadoop.fs.Path(
            "/runs/%s/checkpoints/*-attempt-%d/manifest.json".formatted(run, attempt));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (files.globStatus(manifests).length == 0) {
      assertThat(System.nanoTime()).as(cluster::logs).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static void kill(String mainClass) throws Exception {
    ProcessHandle process = cluster.containers(mainClass).get(0);
    process.destroyForcibly();
    process.onExit().get();
  }

  @Test
  void wrongSettingsAreReportedAsFailed() throws Exception {
    try (Child child = submit("cluster", "wrong", "train", "training.workers=none")) {
      assertThat(child.exitCode()).as(child.output()).isNotZero();
    }
    assertThat(cluster.outcome("wrong").status()).isEqualTo("FAILED");
  }

  private static String[] training(String run) {
    return SmallCorpus.arguments(
        directory,
        run,
        "data.corpus=hdfs:///corpus",
        "run.dir=hdfs:///runs/" + run,
        "training.slots-wait=4m");
  }

  /** That a command ends well, and YARN does not start it again. */
  private static void assertDone(String mode, String name, String command, String... assignments)
      throws Exception {
    try (Child child = submit(mode, name, command, assignments)) {
      assertThat(child.exitCode()).as(() -> child.output() + cluster.logs()).isZero();
    }
    assertThat(cluster.outcome(name)).isEqualTo(new YarnCluster.Outcome("SUCCEEDED", 1));
  }

  private static Child submit(String mode, String name, String command, String... assignments)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    for (String assignment : assignments) {
      arguments.addAll(List.of("--set", assignment));
    }
    return cluster.submit(mode, name, arguments.toArray(String[]::new));
  }
}
