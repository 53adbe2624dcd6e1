package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of options that cannot be: refused before anything is read, by name and with a remedy. */
class OptionValuesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          generate --run none --tokens 0         | --tokens is 0: give 1 or more
          generate --run none --tokens -5        | --tokens is -5: give 1 or more
          generate --run none --temperature -0.1 | --temperature is -0.1: give 0 (the likeliest token) or more
          generate --run none --temperature NaN  | --temperature is NaN: give 0 (the likeliest token) or more
          generate --run none --top-k -1         | --top-k is -1: give 0 (all tokens) or more
          generate --run none --top-p 0          | --top-p is 0.0: give a number above 0 and at most 1 (all tokens)
          generate --run none --batch 0          | --batch is 0: give 1 or more
          generate --run none --tokens many      | Invalid value for option '--tokens'
          evaluate --run none --sequences 0      | --sequences is 0: give 1 or more, or omit it to evaluate all
          evaluate --run none --sequences -1     | --sequences is -1: give 1 or more, or omit it to evaluate all
          benchmark prepare --rounds 0           | --rounds is 0: give 1 or more
          benchmark ffn --rounds 0               | --rounds is 0: give 1 or more
          benchmark model --seconds NaN          | --seconds is NaN: give a finite number of at least 0
          benchmark decode --seconds -1          | --seconds is -1.0: give a finite number of at least 0
          corpus stats --corpus none --domains -1| --domains is -1: give 0 or more
          """)
  void isRefusedByNameAndWithARemedy(String command, String message) {
    Outcome outcome = Outcome.of(command.split(" ", -1));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .startsWith("larkspur: " + message)
        .contains("--help")
        .doesNotContain("\tat ");
  }
}
