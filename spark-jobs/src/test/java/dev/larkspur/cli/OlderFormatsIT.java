package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A corpus and a run that an earlier build has written, of the formats that this one reads. Their
 * README says how they were made.
 */
class OlderFormatsIT {
  private static final Path WRITTEN = Path.of("src", "test", "resources", "formats", "version-4");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @BeforeEach
  void copy() throws IOException {
    FileUtils.copyDirectory(WRITTEN.toFile(), directory.toFile());
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private Outcome outcome(String command, String... more) {
    List<String> all = new ArrayList<>(List.of(command.split(" ", -1)));
    all.addAll(List.of("--master", "local[2]", "--corpus", file("corpus")));
    all.addAll(List.of(more));
    return Outcome.of(all.toArray(String[]::new));
  }

  private static JsonNode json(Outcome outcome) throws IOException {
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  @Test
  void theCorpusIsWholeAndGrows() throws Exception {
    Outcome verify = outcome("corpus verify");
    assertThat(verify.exitCode()).as(verify.err()).isZero();

    Files.writeString(
        directory.resolve("more.jsonl"),
        Files.readString(directory.resolve("documents.jsonl")).replace("The", "A"));
    Outcome prepare =
        outcome(
            "prepare",
            "--conf",
            file("small.conf"),
            "--documents",
            file("more.jsonl"),
            "--tokenizer",
            file("corpus/tokenizer.json"));

    assertThat(prepare.exitCode()).as(prepare.err()).isZero();
    assertThat(directory.resolve("corpus/manifest-000002.json")).isRegularFile();
    assertThat(outcome("corpus verify").exitCode()).isZero();
  }

  @Test
  void theRunIsEvaluatedAndResumed() throws Exception {
    JsonNode then = JSON.readTree(directory.resolve("run/summary.json").toFile());
    assertThat(then.path("step").asInt()).isEqualTo(4);

    JsonNode evaluation = json(outcome("evaluate", "--run", file("run"), "--json"));
    assertThat(evaluation.path("validationLoss").asDouble())
        .isCloseTo(then.path("validationLoss").asDouble(), within(1e-5));

    Outcome train =
        outcome(
            "train",
            "--conf",
            file("small.conf"),
            "--run",
            file("run"),
            "--set",
            "training.steps=6");
    assertThat(train.exitCode()).as(train.err()).isZero();
    JsonNode now = JSON.readTree(directory.resolve("run/summary.json").toFile());
    assertThat(now.path("step").asInt()).isEqualTo(6);
    assertThat(now.path("validationLoss").asDouble())
        .isLessThan(then.path("validationLoss").asDouble());
    // It did not start over.
    assertThat(directory.resolve("run/attempts/00000002.json")).isRegularFile();
    assertThat(directory.resolve("run/metrics/00000001-00000002.jsonl")).isRegularFile();
  }
}
