package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.document.WordNet.WordNetEntry;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WordNetTest {
  private static Map<String, WordNetEntry> entries;

  @BeforeAll
  static void read() {
    List<WordNetEntry> all = WordNet.entries();
    entries = all.stream().collect(Collectors.toMap(WordNetEntry::url, Function.identity()));
    assertThat(entries).hasSize(all.size());
  }

  @Test
  void everyEntryIsThere() {
    assertThat(
            entries.values().stream()
                .collect(Collectors.groupingBy(WordNetEntry::partOfSpeech, Collectors.counting())))
        // The numbers of synsets that Princeton gives for WordNet 3.1.
        .isEqualTo(Map.of("noun", 82192L, "verb", 13789L, "adj", 18185L, "adv", 3625L));
  }

  @Test
  void aNounHasItsKind() {
    assertThat(entries.get("wordnet:3.1/noun/11753781").content())
        .isEqualTo(
            "larkspur (noun, plant): any of numerous cultivated plants of the genus Delphinium."
                + " Kind of: delphinium.");
  }

  @Test
  void examplesFollowTheDefinition() {
    assertThat(entries.get("wordnet:3.1/verb/00404705").content())
        .isEqualTo(
            "puncture (verb, change): cause to lose air pressure or collapse by piercing. For"
                + " example: \"puncture an air balloon\". Kind of: depressurize.");
  }

  @Test
  void markersOfAdjectivesAreLeftOut() {
    assertThat(entries.get("wordnet:3.1/adj/00019769").content())
        .isEqualTo(
            "handy, ready to hand (adjective): easy to reach. For example: \"found a handy spot"
                + " for the can opener\".");
  }
}
