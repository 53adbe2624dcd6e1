package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeCommandTest {
  private static final String CONF = "conf/quickstart.conf";

  @Test
  void countsForPeople() {
    Outcome outcome = Outcome.of("describe", "--conf", "conf/paper/xl-low-rank-32.conf");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("inner width 8192, low-rank of rank 512, first layer dense")
        .containsPattern("parameters +743,559,168\\b")
        .containsPattern("FLOPs +1\\.29e\\+20\\b")
        .containsPattern("steps +48,638 +of 512 sequences of 1024 tokens");
  }

  @Test
  void countsForMachines() throws Exception {
    Outcome outcome = Outcome.of("describe", "--conf", CONF, "--json");

    JsonNode plan = new ObjectMapper().readTree(outcome.out());
    long parameters = plan.get("parameters").asLong();
    assertThat(plan.get("steps").asLong()).isEqualTo(260);
    assertThat(plan.get("tokens").asLong()).isEqualTo(260 * 16 * 128);
    assertThat(plan.get("checkpointBytes").asLong()).isEqualTo(12 * parameters);
    assertThat(plan.get("memory").get("parameters").asLong()).isEqualTo(4 * parameters);
    assertThat(plan.get("memory").get("bf16Parameters").asLong()).isZero();
    assertThat(plan.get("memory").get("total").asLong()).isGreaterThan(16 * parameters);
  }

  /** Printed tokens are whole steps; FLOPs are those of the same tokens. */
  @Test
  void countsOneNumberOfTokens() throws Exception {
    JsonNode steps = describe("--set", "training.steps=100");
    JsonNode tokens = describe("--set", "training.steps=null", "--set", "training.tokens=204799");

    assertThat(tokens.path("tokens").asLong()).isEqualTo(204_800);
    assertThat(tokens.path("trainingFlops")).isEqualTo(steps.path("trainingFlops"));
  }

  @Test
  void needsNoLearningRate() {
    assertThat(Outcome.of("describe", "--conf", CONF, "--set", "training.learning-rate=null"))
        .extracting(Outcome::exitCode)
        .isEqualTo(0);
  }

  private static JsonNode describe(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("describe", "--conf", CONF, "--json"));
    arguments.addAll(List.of(more));
    return new ObjectMapper().readTree(Outcome.of(arguments.toArray(String[]::new)).out());
  }

  @Test
  void aShardedOptimizerDividesTheMomentsAmongTheWorkers() throws Exception {
    long whole = moments("training.workers=2");
    long shard = moments("training.workers=2", "training.shard-optimizer=true");

    // Shards are whole cache lines of 64 bytes, in each of two vectors.
    assertThat(shard).isBetween(whole / 2, whole / 2 + 2 * 64);
  }

  private static long moments(String... assignments) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("describe", "--conf", "conf/quickstart.conf", "--json"));
    for (String assignment : assignments) {
      arguments.addAll(List.of("--set", assignment));
    }
    Outcome outcome = Outcome.of(arguments.toArray(String[]::new));
    return new ObjectMapper().readTree(outcome.out()).path("memory").path("moments").asLong();
  }

  @Test
  void takesTheVocabularyOfTheTokenizerWhereTheModelHasNone() {
    assertThat(Outcome.of("describe", "--conf", CONF).out()).contains("vocabulary 4096");
    assertThat(Outcome.of("describe", "--conf", CONF, "--set", "data.tokenizer=gpt2").out())
        .contains("vocabulary 50257");
  }

  @Test
  void saysWhatStandsInForWhatIsStillToBeMade(@TempDir Path directory) {
    Path tokenizer = directory.resolve("tokenizer.json");
    Outcome outcome =
        Outcome.of(
            "describe",
            "--conf",
            CONF,
            "--set",
            "data.corpus=" + directory.resolve("corpus"),
            "--set",
            "data.tokenizer=" + tokenizer,
            "--set",
            "tokenizer.out=" + tokenizer,
            "--set",
            "tokenizer.vocabulary=5000");

    assertThat(outcome.out()).contains("context 128, vocabulary 5000");
    assertThat(outcome.err().lines())
        .satisfiesExactly(
            corpus -> assertThat(corpus).contains("corpus does not exist yet"),
            learned -> assertThat(learned).contains("tokenizer.json does not exist yet"));
  }

  @Test
  void refusesATokenizerThatNothingWillMake(@TempDir Path directory) {
    Outcome outcome =
        Outcome.of(
            "describe", "--conf", CONF, "--set", "data.tokenizer=" + directory.resolve("no.json"));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--set: data.tokenizer = ", "no.json", "correct the path");
  }

  @Test
  void refusesADirectoryWithoutACorpus(@TempDir Path directory) {
    Outcome outcome = Outcome.of("describe", "--conf", CONF, "--set", "data.corpus=" + directory);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("contains no finished corpus");
  }
}
