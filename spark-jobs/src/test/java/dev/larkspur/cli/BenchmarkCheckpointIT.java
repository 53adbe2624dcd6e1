package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkCheckpointIT {

  @Test
  void writesRealCheckpointsAndMeasuresThem(@TempDir Path directory) throws Exception {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "checkpoint",
            "--set",
            "model.layers=1",
            "--set",
            "training.global-batch=8",
            "--set",
            "training.micro-batch=4",
            "--steps",
            "2",
            "--rounds",
            "2",
            "--run",
            directory.toString(),
            "--json");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(outcome.out());
    assertThat(report.get("bytes").asLong()).isEqualTo(12 * report.get("parameters").asLong());
    for (String seconds :
        new String[] {"copySeconds", "stallSeconds", "plainSeconds", "withCheckpointSeconds"}) {
      assertThat(report.get(seconds).asDouble()).as(seconds).isPositive();
    }
    // Rounds of 2 steps with and without, the first of them to warm up: the last begins at 10.
    Path last = directory.resolve("checkpoints/step-00000010-attempt-1");
    assertThat(last.resolve("manifest.json")).exists();
    assertThat(Files.size(last.resolve("model.safetensors")))
        .isGreaterThan(report.get("bytes").asLong() / 3);
  }
}
