package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenWidthTest {
  @Test
  void twoBytesWhileIdsFit() {
    assertThat(TokenWidth.of(65_536)).isEqualTo(TokenWidth.TWO);
    assertThat(TokenWidth.of(65_537)).isEqualTo(TokenWidth.FOUR);
  }

  @Test
  void idsAreLittleEndianAndComeBack() {
    int[] ids = {0, 1, 255, 256, 65_534};
    assertThat(TokenWidth.TWO.encode(ids, 65_535))
        .containsExactly(0, 0, 1, 0, 255, 0, 0, 1, 254, 255, 255, 255);
    for (TokenWidth width : TokenWidth.values()) {
      byte[] bytes = width.encode(ids, 65_535);
      assertThat(bytes).hasSize(6 * width.bytes());
      int[] back = new int[8];
      width.decode(bytes, width.bytes(), back, 2, 5);
      assertThat(back).containsExactly(0, 0, 1, 255, 256, 65_534, 65_535, 0);
      assertThat(width.largest(bytes, 6)).isEqualTo(65_535);
      assertThat(width.largest(bytes, 4)).isEqualTo(256);
    }
  }

  @Test
  void aNegativeNumberCountsAsLarge() {
    byte[] bytes = TokenWidth.FOUR.encode(new int[] {5, -2}, 7);
    assertThat(TokenWidth.FOUR.largest(bytes, 3)).isEqualTo(-2);
  }
}
