package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.curate.CurationRule.NearDuplicates;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MinHashTest {
  private final MinHash minHash = new MinHash(NearDuplicates.FINE_WEB);

  private static String words(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
  }

  @Test
  void caseAndPunctuationAreNothing() {
    assertThat(minHash.bands("The larkspur, a plant; is tall & blue."))
        .isEqualTo(minHash.bands("the LARKSPUR a plant is\ntall blue"))
        .hasSize(14)
        .isNotEqualTo(minHash.bands("The larkspur, a plant; is tall & red."));
    assertThat(minHash.bands("... !?")).isEmpty();
    assertThat(minHash.bands("one word")).isNotEqualTo(minHash.bands("two word"));
  }

  /** Bands are met as often as 1 - (1 - s^8)^14 says, on pairs of the same similarity s. */
  @Test
  void pairsMeetAsOftenAsTheFormulaSays() {
    // 4 of n words replaced at the end: of 2n-gram sets of n - 4 each, n - 8 are common.
    for (int n : new int[] {24, 40, 80}) {
      double similarity = (n - 8.0) / n;
      int pairs = 2000;
      int met = 0;
      for (int pair = 0; pair < pairs; pair++) {
        int base = 1000 * pair;
        long[] one = minHash.bands(words(base, base + n));
        long[] other =
            minHash.bands(words(base, base + n - 4) + " " + words(base + 500, base + 504));
        met += IntStream.range(0, one.length).anyMatch(i -> one[i] == other[i]) ? 1 : 0;
      }
      double expected = 1 - Math.pow(1 - Math.pow(similarity, 8), 14);
      double deviation = Math.sqrt(expected * (1 - expected) / pairs);
      assertThat((double) met / pairs)
          .as("similarity %s", similarity)
          .isCloseTo(expected, within(4 * deviation));
    }
  }

  @Test
  void gramsAreTheSetsThatTheFormulaMeans() {
    long[] one = minHash.grams(words(0, 40));
    long[] other = minHash.grams(words(0, 36) + " " + words(500, 504));
    assertThat(one).hasSize(36).doesNotHaveDuplicates();
    assertThat(Arrays.stream(one).filter(gram -> Arrays.stream(other).anyMatch(o -> o == gram)))
        .hasSize(32);
  }
}
