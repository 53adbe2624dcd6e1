package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two trainings and the nightly preparation of the corpus that they read, on one cluster at a time.
 */
class SideBySideIT {
  private static final String STEP = "  step [\\d,]+/5,000 ";

  @TempDir private static Path directory;
  @AutoClose private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    SmallCorpus.prepare(directory);
    cluster = new StandaloneCluster(directory, 3);
  }

  @Test
  void eachIsKnownByItsNameAndLeavesTheOthersAlone() throws Exception {
    try (Child alpha = train("alpha");
        Child beta = train("beta")) {
      alpha.await(STEP);
      beta.await(STEP);
      try (Child nightly = prepare()) {
        assertThat(nightly.exitCode()).as(nightly.output()).isZero();
        assertThat(nightly.output()).doesNotContain(" INFO ");
      }
      alpha.await(STEP);
      beta.await(STEP);
      assertStatus(75, "alpha", "beta", "running");

      Files.writeString(directory.resolve("runs/alpha/stop"), "");
      assertThat(alpha.exitCode()).as(alpha.output()).isEqualTo(75);
      beta.await(STEP);
      assertStatus(75, "alpha", "stopped", "beta", "running");

      Map<String, String> applications = cluster.applications();
      assertThat(applications)
          .containsOnlyKeys(
              "larkspur train alpha", "larkspur train beta", "larkspur prepare corpus");
      assertThat(cluster.logs(applications.get("larkspur train alpha")))
          .contains("run alpha, attempt 1")
          .doesNotContain("run beta");
      assertThat(cluster.logs(applications.get("larkspur train beta")))
          .contains("run beta, attempt 1")
          .doesNotContain("run alpha");
      beta.terminate();
      assertThat(beta.exitCode()).as(beta.output()).isEqualTo(143);
    }
    assertStatus(3, "alpha", "beta", "stopped");
  }

  private static Child train(String name) throws IOException {
    return submit(
        "train",
        SmallCorpus.arguments(
            directory,
            "runs/" + name,
            "run.name=" + name,
            "training.workers=1",
            "training.steps=5000",
            "training.validation-every=5000",
            "training.log-every=20",
            "checkpoint.every=20",
            "spark.cores.max=1"));
  }

  /** A part that the corpus gets while both read it. */
  private static Child prepare() throws IOException {
    Path more = directory.resolve("more.jsonl");
    Files.write(more, Files.readAllLines(directory.resolve("documents.jsonl")).subList(0, 500));
    return submit(
        "prepare",
        "data.documents=[\"" + more + "\"]",
        "data.tokenizer=" + directory.resolve("tokenizer.json"),
        "data.context=32",
        "data.validation-fraction=0.05",
        "data.shards=2",
        "data.seed=1",
        "data.corpus=" + directory.resolve("corpus"),
        "spark.cores.max=1");
  }

  private static Child submit(String command, String... assignments) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    for (String assignment : assignments) {
      arguments.addAll(List.of("--set", assignment));
    }
    return cluster.submit(arguments.toArray(String[]::new));
  }

  private static void assertStatus(int exitCode, String... words) throws Exception {
    String runs = directory.resolve("runs").toString();
    try (Child status = Child.start(BuiltJar.larkspur("status", "--run", runs), Map.of())) {
      int code = status.exitCode();
      assertThat(status.output()).contains(words);
      assertThat(code).as(status.output()).isEqualTo(exitCode);
    }
  }
}
