package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.engine.StepPart;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The step beside plain PyTorch, each in a process of its own, on a tiny model. */
class BenchmarkStepIT {
  @TempDir private Path directory;

  @Test
  void aStepAgreesWithTheReferenceAndIsMeasuredBesideIt() throws IOException {
    Outcome outcome =
        benchmark(
            "--kinds",
            "low-rank-32",
            "--precisions",
            "fp32",
            "--profile",
            "--set",
            "training.workers=2",
            "--set",
            "training.global-batch=8");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("2 layers of width 16, vocabulary 300", "peak MiB", "LowRank 32 %, fp32, torch");
    JsonNode report = new ObjectMapper().readTree(directory.resolve("step.json").toFile());
    assertThat(report.path("machine").path("processor").asText()).isNotEmpty();
    // Each worker runs two passes of two sequences of 8.
    assertThat(report.path("stepTokens").asLong()).isEqualTo(32);
    assertThat(report.path("products")).hasSize(3);
    assertThat(report.path("products").path(0).path("flopsPerSecond").path("median").asDouble())
        .isGreaterThan(1e6);
    JsonNode steps = report.path("steps");
    assertThat(steps).hasSize(2);
    JsonNode torch = steps.get(0);
    JsonNode plain = steps.get(1);
    assertThat(torch.path("engine").asText()).startsWith("torch ");
    assertThat(plain.path("engine").asText()).startsWith("torch-plain ");
    assertThat(torch.path("kind").asText()).isEqualTo("LowRank 32 %");
    assertThat(torch.path("time").path("wall").path("rounds")).hasSize(2);
    assertThat(plain.path("time").path("speed").path("rounds")).hasSize(2);
    assertThat(plain.path("time").path("speed").path("median").asDouble()).isEqualTo(1);
    // One step a round, without the warm-up.
    assertThat(torch.path("time").path("processor").path("rounds")).hasSize(2);
    assertThat(torch.path("time").path("mfu").path("median").asDouble()).isBetween(1e-6, 1.0);
    assertThat(plain.path("agreement").path("gradient").path("largest").path("relative").asDouble())
        .isZero();
    // They add up in another order.
    assertThat(torch.path("agreement").path("gradient").path("largest").path("relative").asDouble())
        .isBetween(1e-9, 1e-5);
    for (JsonNode step : steps) {
      assertThat(step.path("parts")).hasSize(StepPart.values().length);
      assertThat(step.path("parts").path("ATTENTION_BACKWARD").asDouble()).isPositive();
      assertThat(step.path("operators").path(0).path("seconds").asDouble()).isPositive();
    }
    assertThat(plain.path("operators").findValuesAsText("operator")).contains("backward");
    if (OS.LINUX.isCurrentOs()) {
      // A JVM with LibTorch takes hundreds of MB.
      assertThat(torch.path("peakBytes").asDouble()).isBetween(1e8, 2e9);
    }
    assertThat(torch.path("exchange").path("workers").asInt()).isEqualTo(2);
    assertThat(torch.path("exchange").path("exchange").asDouble()).isPositive();
    assertThat(plain.path("exchange").isNull()).isTrue();
    assertThat(directory.resolve("step.svg")).content().contains("LowRank 32 %, fp32");
    assertThat(directory.resolve("step-parts.svg")).content().contains("attention backward");
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThat(benchmark("--engines", "abacus").err())
        .contains("--engines: unknown engine abacus: use those on the class path (");
    assertThat(benchmark("--kinds", "dense,sparse").err())
        .contains("--kinds: unknown kind sparse: use dense, low-rank-63, low-rank-32, block-");
    assertThat(benchmark("--precisions", "fp16").err())
        .contains("--precisions: unknown precision fp16: use fp32, bf16");
    assertThat(benchmark("--engines", "dl4j").err())
        .contains("--engines: dl4j does not compute in bf16: measure it by itself, with --precis");
    assertThat(benchmark("--threads", "0").err()).contains("--threads 0: give 1 or more");
  }

  @Test
  void theFormerNameIsAnsweredWithTheNewOne() {
    assertThat(Outcome.of("benchmark", "engines", "--kinds", "dense").err())
        .contains(
            "benchmark engines is now benchmark step: give larkspur benchmark step --precisions fp32 --kinds dense");
  }

  private Outcome benchmark(String... options) {
    String[] tiny = {
      "benchmark",
      "step",
      "--rounds",
      "2",
      "--seconds",
      "0",
      "--report",
      directory.toString(),
      "--set",
      "model.hidden-dim=16",
      "--set",
      "model.layers=2",
      "--set",
      "model.query-heads=2",
      "--set",
      "model.vocabulary=300",
      "--set",
      "data.context=8",
      "--set",
      "training.micro-batch=2"
    };
    String[] all = new String[tiny.length + options.length];
    System.arraycopy(tiny, 0, all, 0, tiny.length);
    System.arraycopy(options, 0, all, tiny.length, options.length);
    return Outcome.of(all);
  }
}
