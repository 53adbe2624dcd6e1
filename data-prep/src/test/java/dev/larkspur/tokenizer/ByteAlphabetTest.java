package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteAlphabetTest {
  @Test
  void lettersAreThoseOfGpt2() {
    assertThat(ByteAlphabet.letters(" a\n\u00e9\u00ad".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("\u0120a\u010a\u00c3\u00a9\u00c2\u0143");
  }

  @Test
  void everyByteComesBack() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(ByteAlphabet.letters(all).chars().distinct()).hasSize(256);
    assertThat(ByteAlphabet.bytes(ByteAlphabet.letters(all))).isEqualTo(all);
    assertThat(ByteAlphabet.bytes("a b")).isNull();
    assertThat(ByteAlphabet.bytes("字")).isNull();
  }
}
