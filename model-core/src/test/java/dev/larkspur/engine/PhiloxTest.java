package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {

  /** The known answers that come with the paper's software, Random123; words lowest first. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0000000000000000, 0000000000000000, e169c58d6627e8d5, 9b00dbd8bc57ac4c",
    "ffffffffffffffff, ffffffffffffffff, ffffffffffffffff, 41c83b0e408f276d, 6d5451fda20bc7c6",
    "299f31d0a4093822, 85a308d3243f6a88, 0370734413198a2e, 94fdccebd16cfe09, 24126ea15001e420",
  })
  void blocksAreThoseOfThePaper(String key, String low, String high, String first, String second) {
    long[] block = new long[2];
    Philox.block(number(key), number(low), number(high), block);
    assertThat(block).containsExactly(number(first), number(second));
  }

  @Test
  void consecutiveBlocksAreTheSameTogether() {
    // The lower half of the counter reaches beyond 32 bits on the way.
    long first = (1L << 32) - 100;
    long[] together = new long[2 * 301];
    Philox.blocks(-7, first, 3, together);
    for (int i = 0; i < 301; i++) {
      long[] block = new long[2];
      Philox.block(-7, first + i, 3, block);
      assertThat(Arrays.copyOfRange(together, 2 * i, 2 * i + 2)).isEqualTo(block);
    }
  }

  private static long number(String hex) {
    return Long.parseUnsignedLong(hex, 16);
  }
}
