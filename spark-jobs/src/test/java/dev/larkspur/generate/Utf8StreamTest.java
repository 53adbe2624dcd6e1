package dev.larkspur.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.generate.Generator.Utf8Stream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {

  @Test
  void charactersSpreadOverTokensArriveWhole() {
    String text = "naïve 日本 🦜 end";
    Utf8Stream stream = new Utf8Stream();
    StringBuilder seen = new StringBuilder();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      String piece = stream.add(new byte[] {value});
      assertThat(piece).doesNotContain("\uFFFD");
      seen.append(piece);
    }
    assertThat(seen.append(stream.finish())).hasToString(text);
  }

  @Test
  void whatNeverBecomesACharacterIsReplaced() {
    Utf8Stream stream = new Utf8Stream();
    assertThat(stream.add(new byte[] {(byte) 0xF0, (byte) 0x9F})).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
  }
}
