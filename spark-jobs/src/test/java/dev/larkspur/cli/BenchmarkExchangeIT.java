package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkExchangeIT {

  @Test
  void measuresEverySizeAndTheSteps() throws IOException {
    Outcome outcome =
        benchmark(
            "--json",
            "--compression",
            "--steps",
            "20",
            "--bandwidths",
            "1000,10",
            "--set",
            "training.exchange.threshold.initial=0.01");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(outcome.out());
    assertThat(report.path("bandwidths")).hasSize(2);
    JsonNode largest = report.path("bandwidths").get(1);
    assertThat(largest.path("values").asLong()).isEqualTo(2 << 18);
    // Two workers send one whole vector each: half of it in parts, half of it as sums.
    assertThat(largest.path("wireBytes").asLong()).isEqualTo(2 << 20);
    for (String measured : List.of("fp32", "bf16", "socket")) {
      assertThat(largest.path(measured).path("rounds")).hasSize(3);
    }
    JsonNode steps = report.path("steps");
    assertThat(steps.path("tokens").asLong()).isEqualTo(4 * 16);
    for (String measured :
        List.of("alone", "apart", "overlapped", "waited", "exchange", "aloneProcessor")) {
      assertThat(steps.path(measured).path("rounds")).hasSize(3);
      assertThat(steps.path(measured).path("median").asDouble()).isPositive();
    }
    assertThat(steps.path("speedup").asDouble())
        .isCloseTo(2 * median(steps, "alone") / median(steps, "overlapped"), within(1e-9));
    for (int round = 0; round < 3; round++) {
      assertThat(steps.path("waited").path("rounds").get(round).asDouble())
          .isLessThan(steps.path("overlapped").path("rounds").get(round).asDouble());
    }
    assertCompression(report.path("compression"), steps.path("parameters").asLong());
  }

  private static void assertCompression(JsonNode compression, long parameters) {
    assertThat(compression.path("exact").path("bytes").asDouble())
        .isEqualTo((double) Float.BYTES * parameters);
    assertThat(compression.path("compressed").path("bytes").asDouble())
        .isPositive()
        .isLessThan((double) Float.BYTES * parameters);
    for (String exchange : List.of("exact", "compressed")) {
      assertThat(compression.path(exchange).path("loss").asDouble())
          // Untrained, it is that of a guess: ln 4096.
          .isBetween(compression.path("entropy").asDouble(), Math.log(4096) - 0.1);
    }
    JsonNode lowest = compression.path("times").get(0);
    assertThat(lowest.path("megabits").asDouble()).isEqualTo(10);
    double seconds = 8 * Float.BYTES * parameters / 10e6;
    assertThat(median(lowest, "exact")).isGreaterThan(seconds);
    assertThat(lowest.path("speedup").asDouble())
        .isGreaterThan(1)
        .isCloseTo(median(lowest, "exact") / median(lowest, "compressed"), within(1e-9));
  }

  private static double median(JsonNode of, String measured) {
    return of.path(measured).path("median").asDouble();
  }

  @Test
  void tellsPeople() {
    Outcome outcome = benchmark("--compression", "--steps", "1", "--bandwidths", "1000");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("socket", "simulated bandwidth, medians of 3")
        .contains("after 1 step on an artificial language of 1.39 nats a token")
        .containsPattern("a step is (faster|not faster) with compression at .*these bandwidths")
        .containsPattern("2 workers train \\d+\\.\\d\\d times as fast as one");
  }

  @Test
  void oneWorkerAloneIsRefused() {
    Outcome outcome = Outcome.of("benchmark", "exchange", "--set", "training.workers=1");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("training.workers must be at least 2");
  }

  private static Outcome benchmark(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "benchmark",
                "exchange",
                "--sizes",
                "1,2",
                "--rounds",
                "3",
                "--master",
                "local[2]",
                "--set",
                "model.hidden-dim=32",
                "--set",
                "model.context=16",
                "--set",
                "training.global-batch=8",
                "--set",
                "training.micro-batch=2"));
    arguments.addAll(List.of(more));
    return Outcome.of(arguments.toArray(String[]::new));
  }
}
