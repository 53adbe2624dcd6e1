package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class Gpt2Test {
  private final Tokenizer gpt2 = TokenizerSource.read("gpt2", new Configuration()).tokenizer();

  /** Ids that OpenAI's tiktoken gives, as published in its documentation. */
  @Test
  void idsAreThoseOfTiktoken() {
    assertThat(gpt2.encode("hello world")).containsExactly(31373, 995);
    assertThat(gpt2.encode("tiktoken is great!")).containsExactly(83, 1134, 30001, 318, 1049, 0);
    assertThat(gpt2.encode("antidisestablishmentarianism"))
        .containsExactly(415, 29207, 44390, 3699, 1042);
    assertThat(gpt2.encode("2 + 2 = 4")).containsExactly(17, 1343, 362, 796, 604);
    assertThat(gpt2.encode("お誕生日おめでとう"))
        .containsExactly(
            2515, 232, 45739, 243, 37955, 33768, 98, 2515, 232, 1792, 223, 30640, 30201, 29557);
  }

  @Test
  void specialTokensInTextAreText() {
    assertThat(gpt2.encode("<|endoftext|>")).containsExactly(27, 91, 437, 1659, 5239, 91, 29);
    assertThat(gpt2.endOfText()).isEqualTo(50256);
    assertThat(gpt2.decode(new int[] {50256})).isEqualTo("<|endoftext|>");
  }

  @Test
  void piecesOfOneCharacterComeTogether() {
    String text = "naïve 🙂 Ærøskøbing\n\n\tお誕生日";
    assertThat(gpt2.decode(gpt2.encode(text))).isEqualTo(text);
    assertThat(gpt2.bytes(gpt2.encode("お")[0])).hasSize(2);
  }

  @Test
  void identityIsComplete() {
    assertThat(gpt2.identity()).isEqualTo(new TokenizerIdentity("gpt2", "gpt2", 50257, 50256, ""));
    assertThat(gpt2.vocabulary()).isEqualTo(50257);
  }
}
