package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkDl4jIT {
  @TempDir private static Path directory;

  @Test
  void comparesTheStrategiesThatTheMasterCanRun() throws Exception {
    SmallCorpus.prepare(directory);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "benchmark",
                "dl4j",
                "--json",
                "--master",
                "local[2]",
                "--steps",
                "4",
                "--run",
                directory.resolve("runs").toString(),
                "--corpus",
                directory.resolve("corpus").toString()));
    for (String assignment :
        List.of(
            "model.hidden-dim=32",
            "model.layers=1",
            "model.ffn.rank-fraction=null",
            "model.ffn.rank=8",
            "training.validation-sequences=8")) {
      arguments.addAll(List.of("--set", assignment));
    }

    Outcome outcome = Outcome.of(arguments.toArray(String[]::new));

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(outcome.out());
    assertThat(report.path("workers").asInt()).isEqualTo(2);
    assertThat(report.path("tokens").asLong()).isEqualTo(4 * 16 * 32);
    JsonNode exact = report.path("trained").get(0);
    assertThat(exact.path("strategy").asText()).isEqualTo("all-reduce");
    assertThat(exact.path("replicaDistance").asDouble()).isZero();
    JsonNode averaged = report.path("trained").get(1);
    assertThat(averaged.path("strategy").asText()).isEqualTo("dl4j-parallel-wrapper");
    assertThat(averaged.path("replicaDistance").asDouble()).isBetween(1e-6, 0.2);
    assertThat(report.path("trained"))
        .hasSize(2)
        .allSatisfy(
            trained -> {
              assertThat(trained.path("validationLoss").asDouble()).isBetween(5.0, 6.5);
              assertThat(trained.path("tokensPerSecond").asDouble()).isPositive();
            });
    assertThat(report.path("missing").get(0).asText()).startsWith("dl4j-shared-training was not");
  }

  @Test
  void oneWorkerIsRefused() {
    Outcome outcome = Outcome.of("benchmark", "dl4j", "--run", "x", "--set", "training.workers=1");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("training.workers = 1 must be at least 2");
  }
}
