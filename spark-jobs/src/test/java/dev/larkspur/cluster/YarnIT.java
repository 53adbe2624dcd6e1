package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The commands on YARN, with files in HDFS whose addresses name no host, as clusters have them. */
@EnabledIfSystemProperty(named = "yarn.server", matches = ".+", disabledReason = "no Spark on YARN")
class YarnIT {
  @TempDir private static Path directory;
  private static YarnCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
    cluster = new YarnCluster(directory);
    try (FileSystem files = FileSystem.get(cluster.files())) {
      for (String file : List.of("documents.jsonl", "tokenizer.json")) {
        files.copyFromLocalFile(
            new org.apache.hadoop.fs.Path(directory.resolve(file).toUri()),
            new org.apache.hadoop.fs.Path("/" + file));
      }
    }
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void fromDocumentsToTheSameModelInBothModes() throws Exception {
    assertDone(
        "cluster",
        "documents",
        "prepare",
        "data.documents=hdfs:///documents.jsonl",
        "data.format=jsonl",
        "data.tokenizer=hdfs:///tokenizer.json",
        "data.context=32",
        "data.validation-fraction=0.05",
        "data.shards=2",
        "data.seed=1",
        "data.corpus=hdfs:///corpus");
    // In client mode the command names its application.
    assertDone("client", "larkspur train", "train", training("in-client"));
    assertDone("cluster", "in-cluster", "train", training("in-cluster"));

    try (FileSystem files = FileSystem.get(cluster.files())) {
      files.copyToLocalFile(
          new org.apache.hadoop.fs.Path("/runs"), new org.apache.hadoop.fs.Path(directory.toUri()));
    }
    assertThat(RunFiles.tensors(directory.resolve("runs/in-cluster"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("runs/in-client"), 20));
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
