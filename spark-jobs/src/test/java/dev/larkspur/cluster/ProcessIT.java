package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled jar in a JVM of its own; RecoveryIT kills such JVMs while they train. */
class ProcessIT {
  @TempDir private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    SmallCorpus.prepare(directory);
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

  /** Where spark-submit's class loader has the jar, {@code nvidia-smi} has a Hopper. */
  @Test
  void theEngineOfTheAddOnJarIsFoundAndRefusesAGpuBeforeNd4jIsLoaded() throws Exception {
    Path program = Files.createDirectory(directory.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\necho 'NVIDIA H200, 9.0'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Path home = BuiltJar.sparkHome(directory);
    List<String> command = BuiltJar.java(home.resolve("jars") + "/*");
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[1]"));
    BuiltJar.dl4jJar().ifPresent(jar -> command.addAll(List.of("--jars", jar.toString())));
    command.addAll(List.of("--class", "dev.larkspur.cli.Larkspur"));
    command.addAll(List.of(BuiltJar.jar().toString(), "doctor", "--seconds=0"));
    Map<String, String> environment =
        Map.of(
            "PATH",
            program.getParent() + ":" + System.getenv("PATH"),
            "SPARK_HOME",
            home.toString(),
            "SPARK_LOCAL_IP",
            "127.0.0.1");
    try (Child doctor = Child.start(command, environment)) {
      assertThat(doctor.exitCode()).as(doctor.output()).isZero();
      assertThat(doctor.output())
          .containsPattern("\\n  dl4j   \\d+\\.")
          .contains("NVIDIA H200, compute capability 9.0")
          .containsPattern("dl4j   no: .* has no code for compute capability 9.0")
          .contains("NVIDIA H200 is not used by the engine torch")
          .contains("OMP_WAIT_POLICY=passive", "remedy: start commands with deploy/larkspur");
    }
  }
}
