package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of the README, with a part of its steps. */
class QuickstartIT {
  @TempDir private Path directory;

  @Test
  void learnsSomethingInAFewStepsAndDoesNothingTheSecondTime() throws Exception {
    try (Child quickstart = quickstart()) {
      assertThat(quickstart.exitCode()).as(quickstart.output()).isZero();
      assertThat(quickstart.output())
          .contains("1/6", "2/6", "3/6", "4/6", "5/6", "6/6")
          .contains("117,791 WordNet entries written", "on 2 workers")
          .contains("larkspur (noun", "Training loss, nats a token:", "step 60");
    }
    assertThat(directory.resolve("run/report.html"))
        .content()
        .contains("\"state\":\"completed\"", "\"prompt\":\"larkspur (noun\"");
    JsonNode summary = new ObjectMapper().readTree(directory.resolve("run/summary.json").toFile());
    assertThat(summary.get("status").asText()).isEqualTo("completed");
    assertThat(summary.get("workers").asInt()).isEqualTo(2);
    assertThat(summary.get("validationPerplexity").asDouble())
        .isLessThan(summary.get("unigramPerplexity").asDouble() / 3);
    JsonNode task =
        new ObjectMapper()
            .readTree(
                directory.resolve("run/evaluations/step-00000060/wordnet-0-shot.json").toFile());
    assertThat(task.get("questions").asInt()).isEqualTo(200);
    JsonNode accuracy = task.get("metrics").get("acc");
    assertThat(accuracy.get("value").asDouble())
        .isGreaterThan(task.get("chance").asDouble() + accuracy.get("standardError").asDouble());

    try (Child again = quickstart()) {
      assertThat(again.exitCode()).as(again.output()).isZero();
      assertThat(again.output()).contains("are in", "already", "All 60 steps are done already");
    }
  }

  private Child quickstart() throws Exception {
    return Child.start(
        BuiltJar.larkspur(
            "quickstart",
            "--run",
            directory.resolve("run").toString(),
            "--set",
            "training.steps=60"),
        Map.of());
  }
}
