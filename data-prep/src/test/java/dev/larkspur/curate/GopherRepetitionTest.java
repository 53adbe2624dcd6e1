package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.document.SampleDocuments;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each row of Rae et al. 2021, table A1, on both sides of its threshold. */
class GopherRepetitionTest {
  private static final GopherRepetition NOTHING =
      new GopherRepetition(
          1, 1, 1, 1, List.of(1.0, 1.0, 1.0), List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0));

  private static String judged(String text) {
    return Judged.by(new GopherRepetitionFilter(GopherRepetition.PUBLISHED), text);
  }

  /** Different words of five characters. */
  private static String words(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "w" + (1000 + i))
        .collect(Collectors.joining(" "));
  }

  private static String lines(int count, String again, int times) {
    return IntStream.range(0, count)
            .mapToObj(i -> words(10 * i, 10 * i + 10))
            .collect(Collectors.joining("\n"))
        + ("\n" + again).repeat(times);
  }

  @Test
  void linesThatEqualAnEarlierOne() {
    // Of ten lines three are repeated: 0.3 is allowed. Short, so that their characters are few.
    assertThat(judged(lines(6, "a b", 4))).isEmpty();
    assertThat(judged(lines(5, "a b", 5))).isEqualTo("lines");
  }

  @Test
  void paragraphsThatEqualAnEarlierOne() {
    String many = lines(20, "", 0);
    assertThat(judged((many + "\n\nq").repeat(1) + "\n\nr\n\ns\n\nt\n\nu\n\nv\n\nq\n\nq\n\nq"))
        .isEmpty();
    assertThat(judged(many + "\n\nq\n\nr\n\ns\n\nt\n\nq\n\nq\n\nq")).isEqualTo("paragraphs");
  }

  @Test
  void charactersOfRepeatedLinesAndParagraphs() {
    String line = words(500, 510);
    // 59 characters of 295 are 0.2.
    DocumentFilter lines =
        new GopherRepetitionFilter(
            new GopherRepetition(
                1, 1, 0.2, 1, NOTHING.maxTopNgrams(), NOTHING.maxDuplicateNgrams()));
    assertThat(Judged.by(lines, lines(3, line, 2))).isEmpty();
    assertThat(Judged.by(lines, lines(2, line, 2))).isEqualTo("line-characters");
    GopherRepetition onlyParagraphs =
        new GopherRepetition(1, 1, 1, 0.2, NOTHING.maxTopNgrams(), NOTHING.maxDuplicateNgrams());
    DocumentFilter filter = new GopherRepetitionFilter(onlyParagraphs);
    // Paragraphs of 10 words, 59 characters: one of five is repeated, then two of six.
    String five = lines(3, line, 2).replace("\n", "\n\n");
    assertThat(Judged.by(filter, five)).isEmpty();
    assertThat(Judged.by(filter, five + "\n\n" + line)).isEqualTo("paragraph-characters");
  }

  @Test
  void charactersOfTheMostFrequentNgrams() {
    // 10 of 100 words of the same length in the most frequent 2-gram are 0.2 at 10 times.
    assertThat(topShares(10)).isEqualTo("");
    assertThat(topShares(11)).isEqualTo("top-2-gram");
    String three = spread("w9001 w9002 w9003", 6, 82);
    assertThat(judged(three)).isEqualTo("");
    assertThat(judged(spread("w9001 w9002 w9003", 7, 79))).isEqualTo("top-3-gram");
    assertThat(judged(spread("w9001 w9002 w9003 w9004", 4, 84))).isEqualTo("");
    assertThat(judged(spread("w9001 w9002 w9003 w9004", 5, 90))).isEqualTo("top-4-gram");
  }

  private static String topShares(int times) {
    return judged(spread("w9001 w9002", times, 100 - 2 * times));
  }

  /** A phrase several times, with other words, all different, between and after. */
  private static String spread(String phrase, int times, int others) {
    StringBuilder text = new StringBuilder();
    int each = others / times;
    for (int i = 0; i < times; i++) {
      text.append(phrase).append(' ').append(words(i * each, (i + 1) * each)).append(' ');
    }
    return text.append(words(times * each, others)).toString();
  }

  @Test
  void charactersOfRepeatedLongNgrams() {
    // A phrase of n words twice is n repeated words of 100.
    for (int n = 5; n <= 10; n++) {
      double[] limits = {0.15, 0.14, 0.13, 0.12, 0.11, 0.10};
      DocumentFilter filter =
          new GopherRepetitionFilter(
              new GopherRepetition(
                  1,
                  1,
                  1,
                  1,
                  NOTHING.maxTopNgrams(),
                  GopherRepetition.PUBLISHED.maxDuplicateNgrams()));
      int most = (int) Math.round(100 * limits[n - 5]) / n * n;
      String phrase = words(500, 500 + n);
      int times = most / n + 1;
      assertThat(Judged.by(filter, spread(phrase, times, 100 - times * n))).as("%s", n).isEmpty();
      assertThat(Judged.by(filter, spread(phrase, times + 1, 100 - (times + 1) * n)))
          .as("%s", n)
          .startsWith("duplicate-");
    }
  }

  @Test
  void overlappingNgramsCountTheirWordsOnce() {
    GopherRepetition tight =
        new GopherRepetition(
            1, 1, 1, 1, NOTHING.maxTopNgrams(), List.of(0.12, 1.0, 1.0, 1.0, 1.0, 1.0));
    // 12 words in a row twice: eight 5-grams repeated, but 12 of 100 words.
    String text = words(0, 12) + " " + words(20, 96) + " " + words(0, 12);
    assertThat(Judged.by(new GopherRepetitionFilter(tight), text)).isEmpty();
    assertThat(Judged.by(new GopherRepetitionFilter(tight), text + " " + words(20, 25)))
        .isEqualTo("duplicate-5-grams");
  }

  @Test
  void dictionaryEntriesStay() {
    List<String> texts = SampleDocuments.texts(2000);
    long kept =
        IntStream.range(0, 200)
            .mapToObj(i -> String.join("\n", texts.subList(10 * i, 10 * i + 10)))
            .filter(text -> judged(text).isEmpty())
            .count();
    assertThat(kept).isGreaterThan(150);
  }
}
