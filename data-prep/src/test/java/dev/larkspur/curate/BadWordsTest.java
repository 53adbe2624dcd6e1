package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The word filter of C4, with harmless words. */
class BadWordsTest {
  private static final Configuration CONF = new Configuration();

  @TempDir private Path folder;

  private Path list(String words) throws IOException {
    return Files.writeString(folder.resolve("words.txt"), words);
  }

  private static CurationSettings settings(Path list) {
    return new CurationSettings(
        List.of(new BadWords(list.toString())), CurationSettings.Dropped.COUNT);
  }

  @Test
  void aWordCountsWhereItStandsAlone() throws IOException {
    WordList words = WordList.read(list("Gosh\n\ngolly  gee\nf-word\n駄目\n").toString(), CONF);
    for (String bad :
        List.of("gosh", "Oh GOSH!", "(gosh)", "a golly  gee b", "the f-word.", "これは駄目です")) {
      assertThat(words.occursIn(bad)).as(bad).isTrue();
    }
    for (String good :
        List.of("", "goshawk", "my_gosh", "agosh", "gosh2", "golly gee", "half-word", "駄 目")) {
      assertThat(words.occursIn(good)).as(good).isFalse();
    }
  }

  @Test
  void theDocumentGoesAndTheListIsPartOfTheRecipe() throws IOException {
    Curation curation = Curation.load(settings(list("gosh\n")), CONF);
    DocumentFilter filter = curation.filters().get(0);
    assertThat(filter.judge(Judged.document("By gosh.")).reason()).isEqualTo("bad-words");
    assertThat(filter.judge(Judged.document("A goshawk.")).kept()).isTrue();
    String sha256 = curation.described().get("bad-words.sha256");
    assertThat(sha256).hasSize(64);
    assertThat(Curation.load(settings(list("golly\n")), CONF).described().get("bad-words.sha256"))
        .isNotEqualTo(sha256);
  }

  @Test
  void aListWithoutWordsIsRefused() throws IOException {
    Path empty = list("\n \n");
    assertThatThrownBy(() -> Curation.load(settings(empty), CONF))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("words.txt has no word");
    assertThatThrownBy(() -> Curation.load(settings(folder.resolve("none")), CONF))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("Cannot read the word list");
  }
}
