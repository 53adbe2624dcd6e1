package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanCommandTest {
  private static final String CONF = "conf/paper/xl-low-rank-32.conf";

  @Test
  void planForPeople() {
    Outcome outcome = plan(64, "A100");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("a model, not a measurement (docs/scaling-out.md): 64 x A100, 48638 steps")
        .contains("matrix products", "memory of a GPU", "checkpoints     every")
        .containsPattern("training\\.micro-batch = [1248]\\R")
        .containsPattern("checkpoint\\.every = \\d+");
  }

  @Test
  void theSettingsThatItPrintsAreSettings() {
    List<String> arguments = new ArrayList<>(List.of("describe", "--conf", CONF));
    plan(64, "A100")
        .out()
        .lines()
        .dropWhile(line -> !line.equals("settings"))
        .skip(1)
        .forEach(line -> arguments.addAll(List.of("--set", line.strip().replace(" = ", "="))));
    arguments.addAll(List.of("--set", "training.workers=64"));

    assertThat(arguments).hasSize(3 + 2 * 6);
    assertThat(Outcome.of(arguments.toArray(String[]::new)).exitCode()).isZero();
  }

  @Test
  void oneHostNeedsNoNetworkAndSeveralDo() {
    Outcome one = Outcome.of("plan", "--conf", CONF, "--gpus", "8", "--gpu-type", "A100");
    assertThat(one.exitCode()).as(one.err()).isZero();
    Outcome two = Outcome.of("plan", "--conf", CONF, "--gpus", "16", "--gpu-type", "A100");
    assertThat(two.exitCode()).isEqualTo(2);
    assertThat(two.err()).contains("--network is missing", "16 GPUs");
  }

  @Test
  void planForMachines() throws Exception {
    JsonNode one = json(plan(1, "A100", "--json"));
    JsonNode many = json(plan(512, "A100", "--json"));

    assertThat(one.at("/estimate/exchange").asDouble()).isZero();
    assertThat(one.path("limit").asText()).isEqualTo("matrix products");
    // The paper's hours of this row; the step also has an optimiser, and failures.
    assertThat(one.path("gpuHours").asDouble()).isBetween(255.0, 275.0);
    assertThat(many.path("days").asDouble()).isLessThan(one.path("days").asDouble() / 10);
    assertThat(many.path("efficiency").asDouble())
        .isBetween(0.01, one.path("efficiency").asDouble());
    assertThat(one.at("/memory/total").asLong()).isLessThan(72_000_000_000L);
  }

  @Test
  void aGuidedTrainingTakesTheMemoryThatDescribeSays() throws Exception {
    String guided = "conf/paper/xl-low-rank-32-self-guided.conf";
    JsonNode plan = json(planOf(guided, 1, "A100", "--json"));
    String microBatch = "training.micro-batch=" + plan.at("/estimate/choice/microBatch").asInt();
    JsonNode described =
        json(Outcome.of("describe", "--conf", guided, "--set", microBatch, "--json"));

    assertThat(plan.path("memory")).isEqualTo(described.path("memory"));
  }

  @Test
  void lessMemoryMeansSmallerPasses() throws Exception {
    JsonNode all = json(plan(8, "A100", "--json"));
    JsonNode less = json(plan(8, "A100", "--json", "--gpu-memory", "24"));

    assertThat(less.at("/estimate/choice/microBatch").asInt())
        .isLessThan(all.at("/estimate/choice/microBatch").asInt());
    assertThat(less.at("/memory/total").asDouble()).isLessThan(0.9 * 24e9);
  }

  @Test
  void refusesAModelThatDoesNotFit() {
    Outcome outcome = plan(8, "A100", "--gpu-memory", "4");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("one sequence per pass it needs", "3.6 GB", "more memory");
  }

  @Test
  void refusesGpusThatDoNotDivideTheBatch() {
    Outcome outcome = plan(48, "A100");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains(
            "training.global-batch = 512",
            "48 GPUs cannot divide a global batch of 512 sequences",
            "--gpus one of 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, or set it to a multiple of 48");
  }

  @ParameterizedTest
  @CsvSource({"H10, did you mean H100?", "l40, did you mean L40S?", "RTX4090, RTX4090 is unknown."})
  void refusesATypeThatItDoesNotKnow(String type, String message) {
    Outcome outcome = plan(8, type);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(message, "H200, H100, A100, L40S, V100", "--gpu-tflops");
  }

  @ParameterizedTest
  @CsvSource({
    "--mtbf-hours, 0",
    "--storage, -1",
    "--gpu-tflops, NaN",
    "--gpus-per-host, 0",
    "--product-share, 1.5",
    "--restart-seconds, Infinity"
  })
  void refusesNumbersOutOfBounds(String option, String value) {
    Outcome outcome = plan(8, "A100", option, value);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(option + " is " + Double.valueOf(value));
  }

  @Test
  void refusesATrainingThatNeverEnds() {
    Outcome outcome = plan(512, "A100", "--mtbf-hours", "10");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("never completes: there is a failure every 1 min 10 s", "--storage");
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    assertThat(outcome.exitCode()).isZero();
    return new ObjectMapper().readTree(outcome.out());
  }

  private static Outcome plan(int gpus, String type, String... more) {
    return planOf(CONF, gpus, type, more);
  }

  private static Outcome planOf(String conf, int gpus, String type, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("plan", "--conf", conf, "--gpus", "" + gpus, "--gpu-type", type));
    arguments.addAll(List.of("--network", "400"));
    arguments.addAll(List.of(more));
    return Outcome.of(arguments.toArray(String[]::new));
  }
}
