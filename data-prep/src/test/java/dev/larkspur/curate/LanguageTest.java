package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.storage.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguageTest {
  private static final String GERMAN =
      "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und"
          + " Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.";
  private static final String FRENCH =
      "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de"
          + " raison et de conscience et doivent agir les uns envers les autres dans un esprit de"
          + " fraternité.";
  private static final String ENGLISH =
      "All human beings are born free and equal in dignity and rights. They are endowed with reason"
          + " and conscience and should act towards one another in a spirit of brotherhood.";

  @Test
  void keepsTheLanguagesThatAreNamed() {
    DocumentFilter english = new LanguageFilter(new LanguageRule(List.of("eng"), 0.1));
    assertThat(Judged.by(english, ENGLISH)).isEmpty();
    assertThat(Judged.by(english, GERMAN)).isEqualTo("other");
    assertThat(Judged.by(english, FRENCH)).isEqualTo("other");
    DocumentFilter others = new LanguageFilter(new LanguageRule(List.of("deu", "fra"), 0.1));
    assertThat(Judged.by(others, ENGLISH)).isEqualTo("other");
    assertThat(Judged.by(others, GERMAN)).isEmpty();
    assertThat(Judged.by(others, FRENCH)).isEmpty();
  }

  @Test
  void theThresholdIsTheProbability() {
    DocumentFilter sure = new LanguageFilter(new LanguageRule(List.of("eng"), 0.999));
    assertThat(Judged.by(sure, ENGLISH)).isEqualTo("unsure");
    assertThat(Judged.by(sure, String.join("\n", SampleDocuments.texts(30)))).isEmpty();
  }

  @Test
  void englishEntriesAreKept() {
    DocumentFilter english = new LanguageFilter(new LanguageRule(List.of("eng"), 0));
    List<String> texts = SampleDocuments.texts(1000);
    long kept = texts.stream().filter(text -> Judged.by(english, text).isEmpty()).count();
    // Entries of a few words, such as Latin names of plants, can be anything.
    assertThat(kept).isGreaterThanOrEqualTo(950);
  }

  @Test
  void anUnknownLanguageIsAnError() {
    assertThatThrownBy(() -> new LanguageFilter(new LanguageRule(List.of("en"), 0.5)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("'en' cannot be detected")
        .hasMessageContaining("eng");
  }
}
