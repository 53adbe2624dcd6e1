package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.DocumentFilter.Verdict;
import org.junit.jupiter.api.Test;

/** The rules of Raffel et al. 2020, section 2.2. */
class C4Test {
  private static final String GOOD =
      """
      The larkspur is a tall plant of the garden.
      Does it flower in the early summer?
      "It does, in every shade of blue!"
      """;

  private final DocumentFilter filter = new C4Filter(C4Rules.PUBLISHED);

  private String kept(String text) {
    Verdict verdict = filter.judge(Judged.document(text));
    assertThat(verdict.reason()).isEmpty();
    return verdict.document().content();
  }

  @Test
  void linesEndInTerminalPunctuation() {
    assertThat(kept(GOOD + "Home | About | Contact | Shop | Help\n")).isEqualTo(GOOD.strip());
    assertThat(kept(GOOD + "Read more about the larkspur here...\n")).isEqualTo(GOOD.strip());
  }

  @Test
  void linesHaveFiveWordsOfAtMostAThousandCharacters() {
    assertThat(kept(GOOD + "Only four words here.\nThere are five words here.\n"))
        .isEqualTo(GOOD + "There are five words here.");
    assertThat(kept(GOOD + "This word is far too " + "a".repeat(1001) + " long.\n"))
        .isEqualTo(GOOD.strip());
    assertThat(kept(GOOD + "This word is not too " + "a".repeat(1000) + " long.\n"))
        .endsWith("long.");
  }

  @Test
  void linesOfTheApparatusGo() {
    for (String line :
        new String[] {
          "Please enable JavaScript to see this page.",
          "By reading on you accept our Terms of Use.",
          "Please read all of our privacy policy.",
          "This site uses cookies to serve you better.",
          "You agree to the use of cookies by us.",
          "We use cookies to serve you better.",
          "Our cookie policy is explained over there."
        }) {
      assertThat(kept(GOOD + line + "\n")).isEqualTo(GOOD.strip());
    }
  }

  @Test
  void citationMarksAreTakenOut() {
    assertThat(kept(GOOD + "It is toxic to all cattle.[12][citation needed]\n"))
        .endsWith("It is toxic to all cattle.");
  }

  @Test
  void pagesWithBracketsPlaceholdersOrTooFewSentencesGo() {
    assertThat(Judged.by(filter, GOOD + "if (a) { b(); }\n")).isEqualTo("curly-bracket");
    assertThat(Judged.by(filter, GOOD + "Lorem Ipsum dolor sit amet.\n")).isEqualTo("lorem-ipsum");
    assertThat(Judged.by(filter, "The larkspur is a plant. It is tall and blue.\n"))
        .isEqualTo("sentences");
    assertThat(kept("The larkspur is a plant. It is tall. It costs 3.50 or so.\n")).isNotEmpty();
    assertThat(Judged.by(filter, "The plant costs 3.50 or 4.25 each.\nMenu\n"))
        .isEqualTo("sentences");
  }
}
