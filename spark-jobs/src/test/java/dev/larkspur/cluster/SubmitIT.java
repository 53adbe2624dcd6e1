package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code larkspur submit} from the unpacked tarball, by a user who has nothing else but a Spark, on
 * a cluster of separate JVMs.
 */
class SubmitIT {
  private static final Pattern STEPS =
      Pattern.compile(
          "attempt \\d+, rank 0 of 1: on the CPU with 1 thread, from step (\\d+) of 5,000");

  @TempDir private static Path directory;
  @AutoClose private static Tarball tarball;
  @AutoClose private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    tarball = Tarball.unpack(directory);
    SmallCorpus.prepare(directory);
    cluster = new StandaloneCluster(directory, 2);
  }

  /** The driver starts in another directory, in which there is no such settings file. */
  @Test
  void aTrainingIsSubmittedWatchedStoppedAndResumed() throws Exception {
    Path desk = Files.createDirectory(directory.resolve("desk"));
    Files.writeString(desk.resolve("base.conf"), "training.steps = 5000\n");
    List<String> lines = new ArrayList<>(List.of("include \"base.conf\"", "run.name = small"));
    Arrays.stream(SmallCorpus.arguments(directory, "in-cluster", "training.workers=1"))
        .filter(line -> !line.startsWith("training.steps"))
        .map(SubmitIT::quoted)
        .forEach(lines::add);
    Files.write(desk.resolve("small.conf"), lines);
    Path stop = directory.resolve("in-cluster/stop");

    submit(desk);
    cluster.awaitMaster("Registering app larkspur train small");
    awaitStatus(75, "small \\(\\S+\\): running.*checkpoint");
    Files.writeString(stop, "");
    cluster.awaitNoDriver();
    awaitStatus(3, "stopped.*delete that file, and the same command resumes");
    assertThat(cluster.logs("driver-")).contains("stopped").doesNotContain(" INFO SparkContext");
    assertThat(cluster.logs("app-"))
        .contains(
            "run small, attempt 1, rank 0 of 1: on the CPU with 1 thread, from step 0 of 5,000")
        .contains("run small, attempt 1, rank 0 of 1: step ")
        .containsPattern("run small, attempt 1, rank 0 of 1: ends after step \\d+: stopped");

    Files.delete(stop);
    submit(desk);
    cluster.awaitMaster("Registering app larkspur train small");
    awaitStatus(75, "running.*checkpoint");
    Files.writeString(stop, "");
    cluster.awaitNoDriver();
    awaitStatus(3, "2  began \\S+, stopped ");
    assertThat(STEPS.matcher(cluster.logs("app-")).results())
        .extracting(match -> Integer.parseInt(match.group(1)))
        .hasSize(2)
        .anyMatch(step -> step > 0);
  }

  private static void submit(Path desk) throws Exception {
    String java = String.join(" ", BuiltJar.shortLived());
    try (Child submit =
        onCluster(
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
            "spark.executor.defaultJavaOptions=" + java,
            "--conf",
            "spark.driver.defaultJavaOptions=" + java,
            "train",
            "--master",
            cluster.master(),
            "--conf",
            "small.conf")) {
      assertThat(submit.exitCode()).as(submit.output()).isZero();
      assertThat(submit.output()).contains("driver-");
    }
  }

  private static Child onCluster(Path where, String... arguments) throws IOException {
    return tarball.start(where, cluster.environment(), tarball.launcher(), arguments);
  }

  /** Asks, without a Spark, until the answer is such. */
  private static void awaitStatus(int expected, String regex) throws Exception {
    Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
    int code;
    String output;
    do {
      try (Child status =
          tarball.start(
              directory,
              Map.of(),
              tarball.launcher(),
              "status",
              "--run",
              directory.resolve("in-cluster").toString())) {
        code = status.exitCode();
        output = status.output();
      }
      // There is no run before the driver has made its directory.
      assertThat(code).as(output).isIn(2, 3, 75);
    } while (code != expected || !pattern.matcher(output).find());
  }

  private static String quoted(String assignment) {
    int equals = assignment.indexOf('=');
    return assignment.substring(0, equals) + " = \"" + assignment.substring(equals + 1) + "\"";
  }

  @Test
  void wrongSettingsAreRefusedBeforeAnythingIsSubmitted() throws Exception {
    try (Child submit =
        onCluster(
            directory,
            "submit",
            "--master",
            cluster.master(),
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
