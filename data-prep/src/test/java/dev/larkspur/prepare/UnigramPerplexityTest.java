package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class UnigramPerplexityTest {
  @Test
  void equalFrequenciesGiveTheVocabulary() {
    assertThat(UnigramPerplexity.of(new long[] {7, 7, 7, 7}, new long[] {1, 0, 5, 2}))
        .isEqualTo(4, within(1e-12));
  }

  @Test
  void noValidationTokensGiveTheVocabulary() {
    assertThat(UnigramPerplexity.of(new long[] {7, 1, 0}, new long[3])).isEqualTo(3);
  }

  @Test
  void oneIsAddedToEachCount() {
    // Probabilities 4/8, 3/8, 1/8.
    double expected = 1 / Math.cbrt(4 / 8.0 * 4 / 8.0 * 1 / 8.0);
    assertThat(UnigramPerplexity.of(new long[] {3, 2, 0}, new long[] {2, 0, 1}))
        .isEqualTo(expected, within(1e-12));
  }
}
