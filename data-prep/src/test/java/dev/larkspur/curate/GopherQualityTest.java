package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.curate.CurationRule.GopherQuality;
import org.junit.jupiter.api.Test;

/** Each rule of Rae et al. 2021, appendix A.1.1, on both sides of its threshold. */
class GopherQualityTest {
  private final DocumentFilter filter = new GopherQualityFilter(GopherQuality.PUBLISHED);

  /** Words of five characters, among them two stop words. */
  private static String words(int count) {
    return "the of " + "plant ".repeat(count - 2).strip();
  }

  private String judged(String text) {
    return Judged.by(filter, text);
  }

  @Test
  void betweenFiftyAndAHundredThousandWords() {
    assertThat(judged(words(49))).isEqualTo("words");
    assertThat(judged(words(50))).isEmpty();
    assertThat(judged(words(100_000))).isEmpty();
    assertThat(judged(words(100_001))).isEqualTo("words");
  }

  @Test
  void meanWordLengthOfThreeToTenCharacters() {
    assertThat(judged("the of " + "an ".repeat(98))).isEqualTo("mean-word-length");
    assertThat(judged("the and " + "may ".repeat(98))).isEmpty();
    // 48 words of 10, two of 10 together with the stop words' missing characters.
    assertThat(judged("with that " + "delphinium ".repeat(96) + "delphiniums1 ".repeat(6)))
        .isEmpty();
    assertThat(judged("with that " + "delphiniums ".repeat(98))).isEqualTo("mean-word-length");
    // Characters, not UTF-16: 98 words of five characters beyond the basic plane.
    assertThat(judged("the of " + "𝒑𝒍𝒂𝒏𝒕𝒔 ".repeat(98))).isEmpty();
  }

  @Test
  void atMostOneHashOrEllipsisForTenWords() {
    assertThat(judged(words(90) + " plant#".repeat(10))).isEmpty();
    assertThat(judged(words(89) + " plant#".repeat(11))).isEqualTo("symbols");
    assertThat(judged(words(90) + " plant...".repeat(10) + "\nend\nend\nend")).isEmpty();
    assertThat(judged(words(89) + " plant...".repeat(6) + " plant…".repeat(5)))
        .isEqualTo("symbols");
    // Each kind has its own ratio.
    assertThat(judged(words(80) + " plant…".repeat(10) + " plant#".repeat(10))).isEmpty();
  }

  @Test
  void atMostNinetyPercentOfLinesAreBulletPoints() {
    String line = "the plant and that flower\n";
    assertThat(judged((line.repeat(1) + ("• " + line).repeat(9)).repeat(2))).isEmpty();
    assertThat(judged(line.repeat(1) + ("• " + line).repeat(19))).isEqualTo("bullet-lines");
    assertThat(judged(("- " + line).repeat(20))).isEqualTo("bullet-lines");
  }

  @Test
  void atMostThirtyPercentOfLinesEndWithAnEllipsis() {
    String line = "the plant and that flower have grown to be tall and green";
    assertThat(judged((line + "\n").repeat(7) + (line + "...\n").repeat(3))).isEmpty();
    assertThat(
            judged((line + "\n").repeat(6) + (line + "...\n").repeat(2) + (line + "…\n").repeat(2)))
        .isEqualTo("ellipsis-lines");
  }

  @Test
  void eightyPercentOfWordsHaveALetter() {
    assertThat(judged(words(80) + " 1234".repeat(20))).isEmpty();
    assertThat(judged(words(79) + " 1234".repeat(21))).isEqualTo("alphabetic-words");
    assertThat(judged(words(80) + " 12th4".repeat(40))).isEmpty();
  }

  @Test
  void twoDifferentStopWords() {
    assertThat(judged("the the " + "plant ".repeat(60))).isEqualTo("stop-words");
    assertThat(judged("The end; (with care) " + "plant ".repeat(60))).isEmpty();
    assertThat(judged("then within " + "plant ".repeat(60))).isEqualTo("stop-words");
  }
}
