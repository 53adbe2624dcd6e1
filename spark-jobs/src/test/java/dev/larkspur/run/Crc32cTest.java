package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Crc32cTest {

  @Test
  void isThatOfTheCatalogue() {
    assertThat(Crc32c.hex("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo("e3069283");
    assertThat(Crc32c.hex(new byte[0])).isEqualTo("00000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 512, 99_999, 100_000})
  void ofTwoPiecesIsThatOfTheWhole(int cut) {
    byte[] whole = new byte[100_000];
    new Random(cut).nextBytes(whole);
    long first = Long.parseLong(Crc32c.hex(Arrays.copyOf(whole, cut)), 16);
    long second = Long.parseLong(Crc32c.hex(Arrays.copyOfRange(whole, cut, whole.length)), 16);
    assertThat(Crc32c.hex(Crc32c.combine(first, second, whole.length - cut)))
        .isEqualTo(Crc32c.hex(whole));
  }
}
