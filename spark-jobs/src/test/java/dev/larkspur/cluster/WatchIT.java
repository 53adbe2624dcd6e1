package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on a real cluster is watched from another process, while it hangs, dies and stops. */
class WatchIT {
  private static final String STEP = "  step [\\d,]+/2,000 ";

  @TempDir private static Path directory;
  @AutoClose private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    SmallCorpus.prepare(directory);
    cluster = new StandaloneCluster(directory, 2);
  }

  @Test
  void statusFollowsATrainingThatHangsDiesAndStops() throws Exception {
    Path samples = Files.createDirectory(directory.resolve("samples"));
    try (Child driver = train(samples)) {
      driver.await(STEP);
      assertStatus(75, "watched (", "running", "2: 127.0.0.1 (2)");
      // Both hang, so neither sees that the other does not answer.
      List<ProcessHandle> executors = cluster.executors();
      for (ProcessHandle executor : executors) {
        signal("STOP", executor);
      }
      driver.await("the workers have reported nothing for 15 s \\(training.stall-timeout\\)");
      for (ProcessHandle executor : executors) {
        signal("CONT", executor);
      }
      driver.await(STEP);
      assertStatus(75, "failed", "the workers have reported nothing for 15 s");
      driver.kill();
    }
    assertStatus(4, "dead. its driver (process", "and its driver ended without a word");
    try (Child driver = train(samples)) {
      driver.await(STEP);
      Files.writeString(directory.resolve("watched/stop"), "");
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(75);
    }
    assertStatus(3, "stopped", "delete that file, and the same command resumes", "stopped 2");
    assertThat(sampled(samples, "workerSteps")).isNotEmpty().anyMatch(steps -> steps > 0);
    assertThat(sampled(samples, "workerSeconds.compute")).anyMatch(seconds -> seconds > 0);
    assertThat(sampled(samples, "deviceMemoryBytes")).anyMatch(bytes -> bytes > 1e6);
  }

  /** The values that executors have written of a metric: lines of a time and a value. */
  private static List<Double> sampled(Path samples, String metric) throws IOException {
    List<Double> values = new ArrayList<>();
    try (Stream<Path> files = Files.list(samples)) {
      for (Path file : files.filter(path -> path.toString().endsWith(metric + ".csv")).toList()) {
        for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
          values.add(Double.parseDouble(line.split(",", -1)[1]));
        }
      }
    }
    return values;
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private static Child train(Path samples) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("train"));
    for (String assignment :
        SmallCorpus.arguments(
            directory,
            "watched",
            "run.name=watched",
            "training.steps=2000",
            "training.global-batch=64",
            "training.micro-batch=32",
            "training.stall-timeout=15s",
            "training.max-restarts=9",
            "training.restart-delay=200ms",
            "training.validation-every=2000",
            "checkpoint.every=20",
            "spark.metrics.conf.executor.sink.csv.class=org.apache.spark.metrics.sink.CsvSink",
            "spark.metrics.conf.executor.sink.csv.period=1",
            "spark.metrics.conf.executor.sink.csv.directory=" + samples)) {
      arguments.addAll(List.of("--set", assignment));
    }
    return cluster.submit(arguments.toArray(String[]::new));
  }

  private static void assertStatus(int exitCode, String... words) throws Exception {
    String run = directory.resolve("watched").toString();
    try (Child status = Child.start(BuiltJar.larkspur("status", "--run", run), Map.of())) {
      int code = status.exitCode();
      assertThat(status.output()).contains(words);
      assertThat(code).as(status.output()).isEqualTo(exitCode);
    }
  }
}
