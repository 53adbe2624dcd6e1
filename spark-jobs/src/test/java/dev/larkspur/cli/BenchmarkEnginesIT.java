package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The engine beside plain PyTorch, each in a process of its own, on a tiny model. */
class BenchmarkEnginesIT {
  @TempDir private Path directory;

  @Test
  void anEngineAgreesWithTheReferenceAndIsMeasuredBesideIt() throws IOException {
    Outcome outcome = benchmark("--engines", "torch", "--kinds", "low-rank-32");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("2 layers of width 16, vocabulary 300", "peak MiB");
    JsonNode report = new ObjectMapper().readTree(directory.resolve("engines.json").toFile());
    assertThat(report.path("machine").path("precision").asText()).isEqualTo("fp32");
    assertThat(report.path("machine").path("processor").asText()).isNotEmpty();
    // Two passes of two sequences of 8.
    assertThat(report.path("stepTokens").asLong()).isEqualTo(32);
    JsonNode engines = report.path("engines");
    assertThat(engines).hasSize(2);
    JsonNode torch = engines.get(0);
    JsonNode plain = engines.get(1);
    assertThat(torch.path("engine").asText()).startsWith("torch ");
    assertThat(plain.path("engine").asText()).startsWith("torch-plain ");
    assertThat(torch.path("kind").asText()).isEqualTo("LowRank 32 %");
    assertThat(torch.path("step").path("wall").path("rounds")).hasSize(2);
    assertThat(plain.path("step").path("speed").path("rounds")).hasSize(2);
    assertThat(plain.path("step").path("speed").path("median").asDouble()).isEqualTo(1);
    // One step a round, without the warm-up.
    assertThat(torch.path("step").path("processor").path("rounds")).hasSize(2);
    assertThat(plain.path("agreement").path("gradient").path("relative").asDouble()).isZero();
    // They add up in another order.
    assertThat(torch.path("agreement").path("gradient").path("relative").asDouble())
        .isBetween(1e-9, 1e-5);
    if (OS.LINUX.isCurrentOs()) {
      // A JVM with LibTorch takes hundreds of MB.
      assertThat(torch.path("peakBytes").asDouble()).isBetween(1e8, 2e9);
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThat(benchmark("--engines", "abacus").err())
        .contains("--engines: unknown engine abacus: use those on the class path (");
    assertThat(benchmark("--kinds", "dense,sparse").err())
        .contains("--kinds: unknown kind sparse: use dense, low-rank-63, low-rank-32, block-");
    assertThat(benchmark("--engines", "dl4j", "--set", "training.precision=bf16").err())
        .contains("--engines: dl4j does not compute in bf16: leave it out, or set training.");
  }

  private Outcome benchmark(String... options) {
    String[] tiny = {
      "benchmark",
      "engines",
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
