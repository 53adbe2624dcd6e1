package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkPrepareIT {
  @TempDir private static Path folder;
  private static String documents;

  @BeforeAll
  static void write() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      lines.add("{\"content\":\"Document %d is about larkspur number %d.\"}".formatted(i, i * i));
    }
    Path file = folder.resolve("documents.jsonl");
    Files.write(file, lines);
    documents = file.toString();
  }

  @Test
  void measuresEveryPart() throws IOException {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "prepare",
            "--documents",
            documents,
            "--rounds",
            "1",
            "--json",
            "--master",
            "local[2]");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode measured = new ObjectMapper().readTree(outcome.out());
    assertThat(measured.findValuesAsText("name"))
        .containsExactly(
            "tokenize, gpt2 gpt2",
            "tokenize, gpt2 gpt2, by Hugging Face",
            "prepare, gpt2 gpt2",
            "read blocks, gpt2 gpt2");
    long tokens = measured.get(0).path("tokens").asLong();
    assertThat(tokens).isGreaterThan(2000 * 8);
    assertThat(measured.get(1).path("tokens").asLong()).isEqualTo(tokens);
    // The job counts the end of text after each document.
    assertThat(measured.get(2).path("tokens").asLong()).isEqualTo(tokens + 2000);
    assertThat(measured.get(3).path("tokens").asLong()).isBetween(tokens / 2, tokens + 2000);
  }

  @Test
  void tellsPeopleHowOftenFaster() {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "prepare",
            "--documents",
            documents,
            "--rounds",
            "1",
            "--measure",
            "tokenize",
            "--cores",
            "2",
            "--master",
            "local[2]");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .containsPattern("tokenize, gpt2 gpt2 .* times as fast as Hugging Face\\R")
        .containsPattern("prepare, gpt2 gpt2, on 2 cores .* times as much as one core")
        .doesNotContain("read blocks");
    assertThat(Outcome.of("benchmark", "prepare", "--cores", "0").err()).contains("give 1 or more");
  }

  @Test
  void thePartMustBeNamed() {
    assertThat(Outcome.of("benchmark").out()).contains("benchmark [-hV] [--verbose] PART");
    assertThat(Outcome.of("benchmark", "prepare", "--help").out()).contains("--rounds=N");
  }
}
