package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainCommandTest {
  @Test
  void aPerplexityBeyondAllNumbersIsLeftOut() {
    assertThat(TrainCommand.validated(3.25, 25.79))
        .isEqualTo("Validation loss 3.250, perplexity 25.8");
    assertThat(TrainCommand.validated(801.5, null)).isEqualTo("Validation loss 801.500");
    assertThat(TrainCommand.validated(null, null)).isEqualTo("Validation loss: not finite");
  }
}
