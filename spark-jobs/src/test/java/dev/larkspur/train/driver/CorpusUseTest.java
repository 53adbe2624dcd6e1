package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CorpusUseTest {
  @Test
  void aSecondEpochIsAnnounced() {
    assertThat(new CorpusUse(2544, 2544, 100).repetition()).isEmpty();
    assertThat(new CorpusUse(2640, 2544, 100).repetition())
        .hasValue(
            "1.04 epochs: the training takes 2,640 sequences, and the corpus has 2,544 blocks to"
                + " train on");
    // Never "1.00 epochs".
    assertThat(new CorpusUse(2545, 2544, 100).repetition().orElseThrow()).startsWith("1.01 epochs");
  }

  @Test
  void fewBlocksToValidateAreToo() {
    assertThat(new CorpusUse(1, 1, 100).fewToValidate()).isEmpty();
    assertThat(new CorpusUse(1, 1, 99).fewToValidate().orElseThrow())
        .startsWith("the validation split has only 99 blocks")
        .contains("data.validation-fraction");
    assertThat(new CorpusUse(1, 1, 1).fewToValidate().orElseThrow()).contains("has only 1 block");
  }
}
