package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options name things, and mean the same in every command. */
class PathOptionsTest {

  @Test
  void anOptionIsShortForItsSettingAndWins() {
    Outcome outcome =
        Outcome.of(
            "describe", "--conf=conf/quickstart.conf", "--corpus=a b", "--set=data.corpus=other");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("data.corpus = a b does not exist yet");
  }

  @ParameterizedTest
  @CsvSource({
    "train --corpus c --run foo://r, --run: run.dir",
    "train --corpus foo://c --run r, --corpus: data.corpus",
    "prepare --corpus c --tokenizer gpt2 --documents foo://d, --documents: data.documents",
    "prepare --corpus c --tokenizer foo://t --documents d, --tokenizer: data.tokenizer",
    "train-tokenizer --documents d --tokenizer foo://t, --tokenizer: tokenizer.out",
  })
  void aProblemNamesTheOption(String command, String place) {
    Outcome outcome = Outcome.of(command.split(" "));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(place, "there is no file system for foo://");
  }

  @ParameterizedTest
  @CsvSource({
    "sample-corpus --out d, --out is now --documents: give --documents d",
    "export --run r --out m, --out is now --model: give --model m",
    "import --from m --run r, --from is now --model: give --model m",
    "benchmark ffn --out b, --out is now --report: give --report b",
    "benchmark model --out b, --out is now --report: give --report b",
    "benchmark decode --out b, --out is now --report: give --report b",
    "benchmark checkpoint --out b, --out is now --run: give --run b",
    "tokenizer-info gpt2, TOKENIZER is now --tokenizer: give --tokenizer gpt2",
  })
  void aFormerOptionIsAnsweredWithItsSuccessor(String command, String answer) {
    Outcome outcome = Outcome.of(command.split(" "));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("larkspur: " + answer + "\n");
  }

  @Test
  void helpShowsNoFormerOption() {
    assertThat(Outcome.of("export", "--help").out())
        .contains("--model=DIR")
        .doesNotContain("--out");
    assertThat(Outcome.of("tokenizer-info", "--help").out()).doesNotContain("[TOKENIZER]");
  }
}
