package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor shows of this machine. */
class DoctorCommandIT {
  @TempDir private Path directory;

  @Test
  void ratesAreMeasuredAndNothingIsLeftInTheStorage() throws IOException {
    Path kept = Files.writeString(directory.resolve("kept"), "");
    Outcome outcome =
        Outcome.of(
            "doctor", "--json", "--seconds", "0.01", "--storage", directory.toUri().toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(outcome.out());
    assertThat(report.path("versions").path("torch").asText()).isNotEmpty();
    assertThat(report.path("machine").path("processor").path("model").asText()).isNotEmpty();
    assertThat(report.path("machine").path("cores").asInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(report.path("rates").findValuesAsText("quantity"))
        .contains(
            "memory",
            "matrix products, fp32",
            "matrix products, bf16",
            "all-reduce of two workers on loopback",
            "temporary directory, write",
            "temporary directory, read",
            "storage, write",
            "storage, read");
    assertThat(report.path("rates"))
        .allSatisfy(
            rate ->
                assertThat(rate.path("perSecond").asDouble()).as("%s", rate).isGreaterThan(1e5));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(kept);
    }
  }

  @Test
  void withoutTimeNothingIsMeasured() {
    Outcome outcome = Outcome.of("doctor", "--seconds=0");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("\nengines\n", "\nmachine\n", "\nfindings\n")
        .doesNotContain("measured\n", "GB/s");
    assertThat(Outcome.of("doctor", "--seconds=0", "--storage=a").err())
        .contains("leave --storage out");
    assertThat(Outcome.of("doctor", "--seconds=-1").err()).contains("at least 0");
  }
}
