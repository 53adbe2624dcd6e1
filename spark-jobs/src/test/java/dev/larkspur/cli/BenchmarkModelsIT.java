package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of feed-forward networks and models, on tiny ones. */
class BenchmarkModelsIT {
  @TempDir private Path directory;

  @Test
  void ffnMeasuresEveryKindAtEveryWidthAndNumberOfTokens() throws IOException {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "ffn",
            "--widths",
            "16,8",
            "--tokens",
            "4,2",
            "--rounds",
            "2",
            "--seconds",
            "0",
            "--json",
            "--report",
            directory.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode networks = new ObjectMapper().readTree(outcome.out()).path("networks");
    // Widths 8 and 16 with 4 tokens, width 16 with 2.
    assertThat(networks).hasSize(3 * 7);
    assertThat(networks.get(0).path("forward").path("speedup").asDouble()).isEqualTo(1);
    JsonNode last = networks.get(20);
    assertThat(last.path("kind").asText()).isEqualTo("BlockShuffle 32 %");
    assertThat(last.path("width").asInt()).isEqualTo(16);
    assertThat(last.path("tokens").asInt()).isEqualTo(2);
    // A quarter of 16² and of 64 · 16, and the same backwards.
    assertThat(last.path("parameters").asLong()).isEqualTo(2 * (64 + 256));
    assertThat(last.path("training").path("seconds").path("rounds")).hasSize(2);
    for (String chart : new String[] {"forward-by-width", "training-by-tokens"}) {
      assertThat(Files.readString(directory.resolve("ffn-" + chart + ".svg")))
          .contains("LowRank 63 %", "times as fast as dense");
    }
    assertThat(Files.readString(directory.resolve("ffn.json"))).isEqualTo(outcome.out());
  }

  @Test
  void modelMeasuresTrainingAndDecoding() throws IOException {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "model",
            "--rounds",
            "1",
            "--prompt",
            "2",
            "--decoded",
            "3",
            "--sequences",
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
            "data.context=8",
            "--set",
            "tokenizer.vocabulary=300");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("2 layers of width 16", "steps of 32 tokens", "decoding 2, tokens/s");
    JsonNode models =
        new ObjectMapper().readTree(directory.resolve("model.json").toFile()).path("models");
    assertThat(models).hasSize(7);
    long dense = models.get(0).path("parameters").asLong();
    // The first layer stays dense; the second has 2 · 4 · (16 + 64) weights instead of 2 · 16 · 64.
    assertThat(models.get(2).path("parameters").asLong()).isEqualTo(dense - 2048 + 640);
    assertThat(models.get(6).path("decodingMany").path("seconds").path("median").asDouble())
        .isPositive();
    assertThat(Files.readString(directory.resolve("model.svg"))).contains("decoding 2 sequences");
  }

  @Test
  void theDryRunOfAGridTimesItsModels() throws IOException {
    Outcome outcome =
        Outcome.of(
            "scaling",
            "--dry-run",
            "--json",
            "--conf",
            "conf/paper/scaling-laptop.conf",
            "--set",
            "scaling.sizes=[{ name = a, model { hidden-dim = 16, layers = 1, query-heads = 2 },"
                + " training.learning-rate = 1 }]",
            "--set",
            "scaling.kinds=[{ name = dense }]",
            "--set",
            "data.corpus=" + directory.resolve("none"));

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode plan = new ObjectMapper().readTree(outcome.out());
    assertThat(plan.path("runs")).hasSize(1);
    // 1024 tokens of 16, 12 · 16² + 13 · 16 and 2 · 16 parameters.
    assertThat(plan.path("runs").get(0).path("parameters").asLong())
        .isEqualTo(1024 * 16 + 12 * 256 + 13 * 16 + 32);
    assertThat(plan.path("seconds").asDouble()).isPositive();
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void decodeMeasuresFactorsAndTheirProducts() throws IOException {
    Outcome outcome =
        Outcome.of(
            "benchmark",
            "decode",
            "--rounds",
            "1",
            "--seconds",
            "0",
            "--tokens",
            "3",
            "--sequences",
            "2,1",
            "--report",
            directory.toString(),
            "--set",
            "model.hidden-dim=16",
            "--set",
            "model.query-heads=2",
            "--set",
            "tokenizer.vocabulary=300");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("4 layers of width 16, inner 64", "merged tokens/s");
    JsonNode kinds =
        new ObjectMapper().readTree(directory.resolve("decode.json").toFile()).path("kinds");
    assertThat(kinds).hasSize(2 * 7);
    assertThat(kinds.get(0).path("kind").asText()).isEqualTo("dense");
    assertThat(kinds.get(0).path("auto").path("median").asDouble()).isPositive();
    assertThat(kinds.get(3).path("kind").asText()).isEqualTo("LowRank 63 %");
    assertThat(kinds.get(3).path("sequences").asInt()).isEqualTo(2);
    assertThat(kinds.get(3).path("merged").path("median").asDouble()).isPositive();
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    assertThat(Outcome.of("benchmark", "ffn", "--widths", "30").err())
        .contains("--widths are [30]: give multiples of 4");
    assertThat(Outcome.of("benchmark", "ffn", "--tokens", "0").err()).contains("give 1 or more");
    assertThat(Outcome.of("benchmark", "model", "--prompt", "300").err())
        .contains("332 tokens together: the context of the model is 256");
    assertThat(Outcome.of("benchmark", "decode", "--tokens", "300").err())
        .contains("--tokens is 300: the context of the model is 128");
  }
}
