package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled jar in JVMs of its own: killed and started again. */
class ProcessIT {
  /** Slow enough to be hit, and heard of often. */
  private static final String[] LONG = {
    "training.steps=120",
    "training.global-batch=64",
    "training.micro-batch=32",
    "checkpoint.every=20",
    "checkpoint.keep=10",
    "spark.executor.heartbeatInterval=100ms",
  };

  @TempDir private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
  }

  @Test
  void killedAtSeveralStepsItEndsWithTheSameBits() throws Exception {
    try (Child uncut = embedded("uncut")) {
      assertThat(uncut.exitCode()).as(uncut.output()).isZero();
    }
    for (String when :
        List.of("  step ([1-9]|1\\d)/120 ", "  step ([3-7]\\d)/120 ", "  step (8|9|10)\\d/120 ")) {
      try (Child killed = embedded("killed")) {
        killed.await(when);
        killed.kill();
        assertThat(killed.output()).doesNotContain("Trained");
      }
    }
    try (Child last = embedded("killed")) {
      assertThat(last.exitCode()).as(last.output()).isZero();
      assertThat(last.output()).contains("going on from the checkpoint of step");
    }
    assertSameTensors("uncut", "killed");
  }

  /** What one JVM must not know of another: hash orders, timings, its number of threads. */
  @Test
  void anotherProcessPreparesTheSameBytes() throws Exception {
    String corpus = directory.resolve("corpus-again").toString();
    List<String> arguments = new ArrayList<>(List.of("prepare", "--master", "local[1]"));
    for (String assignment :
        List.of(
            "data.documents=" + directory.resolve("documents.jsonl"),
            "data.tokenizer=" + directory.resolve("tokenizer.json"),
            "data.context=32",
            "data.validation-fraction=0.05",
            "data.shards=2",
            "data.seed=1",
            "data.corpus=" + corpus)) {
      arguments.addAll(List.of("--set", assignment));
    }
    try (Child prepare =
        Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of())) {
      assertThat(prepare.exitCode()).as(prepare.output()).isZero();
    }
    for (String file : List.of("train-00000.parquet", "train-00001.parquet", "val-00000.parquet")) {
      assertThat(Path.of(corpus, file))
          .hasSameBinaryContentAs(directory.resolve("corpus").resolve(file));
    }
  }

  private static Child embedded(String run) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(train(run)));
    arguments.addAll(List.of("--master", "local[2]"));
    return Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of());
  }

  private static String[] train(String run) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    for (String assignment : SmallCorpus.arguments(directory, run, LONG)) {
      arguments.addAll(List.of("--set", assignment));
    }
    return arguments.toArray(String[]::new);
  }

  private static void assertSameTensors(String one, String other) {
    assertThat(RunFiles.tensors(directory.resolve(one), 120))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve(other), 120));
  }
}
