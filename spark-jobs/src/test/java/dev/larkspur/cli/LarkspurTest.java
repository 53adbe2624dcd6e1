package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LarkspurTest {

  @Test
  void helpListsTheCommandsByGroup() {
    Outcome outcome = Outcome.of("--help");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .startsWith("Trains low-rank transformer language models on Apache Spark.")
        .contains("Usage: larkspur", "COMMAND")
        .containsPattern("Training:\\R  describe +Show what a training will take");
  }

  @Test
  void helpOfACommandShowsItsOptions() {
    assertThat(Outcome.of("describe", "--help").out())
        .contains("Usage: larkspur describe", "--conf=FILE", "--set=KEY=VALUE", "--verbose");
  }

  @Test
  void versionNamesLarkspurAndJava() {
    assertThat(Outcome.of("--version").out()).startsWith("larkspur ").contains("Java");
  }

  @Test
  void aWrongCommandGetsTheNearestOne() {
    Outcome outcome = Outcome.of("descibe");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .containsExactly(
            "larkspur: Unmatched argument at index 0: 'descibe'",
            "Did you mean: larkspur describe?",
            "larkspur --help shows what there is.");
  }

  @Test
  void aWrongWordBelowACommandGetsTheNearestThere() {
    assertThat(Outcome.of("corpus", "verfy").err())
        .contains("Did you mean: larkspur corpus verify?");
  }

  @Test
  void aWordLikeNoneGetsNoGuess() {
    assertThat(Outcome.of("photosynthesis").err().lines())
        .containsExactly(
            "larkspur: Unmatched argument at index 0: 'photosynthesis'",
            "larkspur --help shows what there is.");
  }

  @Test
  void aWrongOptionGetsTheNearestOne() {
    Outcome outcome = Outcome.of("describe", "--cnf", "a");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .containsExactly(
            "larkspur: Unknown options: '--cnf', 'a'",
            "Did you mean: --conf?",
            "larkspur describe --help shows what there is.");
  }

  @Test
  void withoutACommandItSaysSo() {
    Outcome outcome = Outcome.of();

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("Missing the command to run", "larkspur --help");
  }

  @Test
  void wrongSettingsExitWithTheirListAndWithoutAStackTrace() {
    Outcome outcome = Outcome.of("describe", "--set", "model.layers=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("larkspur: 5 problems in the settings:")
        .contains("--set: model.layers = 0", "must be at least 1")
        .doesNotContain("\tat ");
  }

  @Test
  void aPathWithoutAFileSystemIsRefusedBeforeAnythingStarts() {
    Outcome outcome =
        Outcome.of(
            "train-tokenizer", "--set", "data.documents=a", "--set", "tokenizer.out=foo://x/y");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--set: tokenizer.out = \"foo://x/y\"")
        .contains("there is no file system for foo://")
        .contains("correct the path")
        .doesNotContain("\tat ");
  }

  @Test
  void verboseShowsTheStackTrace() {
    assertThat(Outcome.of("describe", "--verbose", "--set", "model.layers=0").err())
        .contains("\tat dev.larkspur.settings");
    assertThat(Outcome.of("--verbose", "describe", "--set", "model.layers=0").err())
        .contains("\tat dev.larkspur.settings");
  }
}
