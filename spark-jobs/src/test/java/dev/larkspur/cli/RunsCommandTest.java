package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsCommandTest {
  @TempDir private Path runs;

  @BeforeEach
  void writeRuns() throws IOException {
    run("a", "completed", "1e-3");
    run("b", "running", "2e-3");
  }

  private void run(String name, String status, String rate) throws IOException {
    Path run = Files.createDirectories(runs.resolve(name));
    Files.writeString(
        run.resolve("config.conf"),
        "run.name = x-%s%ntraining.learning-rate = %s%n".formatted(name, rate));
    Files.writeString(
        run.resolve("summary.json"),
        "{\"status\": \"%s\", \"step\": 7, \"steps\": 9, \"trainingLoss\": 3.5, \"validationLoss\": 3.75}"
            .formatted(status));
  }

  @Test
  void listsStateStepsLossesAndSettingsThatDiffer() {
    Outcome outcome = Outcome.of("runs", runs.toString());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "run state step of loss validation training.learning-rate",
            "a completed 7 9 3.500 3.750 0.001",
            "b dead 7 9 3.500 3.750 0.002");
  }

  @Test
  void asJsonTheyAreAnArray() throws IOException {
    JsonNode all = new ObjectMapper().readTree(Outcome.of("runs", "--json", runs.toString()).out());
    assertThat(all)
        .extracting(run -> run.path("state").asText())
        .containsExactly("completed", "dead");
    assertThat(all.path(1).path("settings").path("training.learning-rate").asText())
        .isEqualTo("0.002");
    assertThat(all.path(1).path("loss").path("validation").asDouble()).isEqualTo(3.75);
  }

  @Test
  void aDirectoryWithoutRunsIsRefused() {
    Outcome outcome = Outcome.of("runs", runs.resolve("none").toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    outcome.assertOneMessage();
    assertThat(outcome.err()).contains("name another directory, or train first");
  }

  @Test
  void watchExportsAPageAndRefusesWhatItCannotServe() throws IOException {
    Path page = runs.resolve("page.html");
    Outcome outcome = Outcome.of("watch", runs.toString(), "--export", page.toString());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(Files.readString(page)).contains("<h1>2 runs</h1>", "training.learning-rate", "x-b");
    assertThat(Outcome.of("watch", runs.resolve("none").toString()).err())
        .contains("there is no run in");
    assertThat(Outcome.of("watch", runs.toString(), "--port", "70000").err())
        .contains("give 0 to 65535");
  }
}
