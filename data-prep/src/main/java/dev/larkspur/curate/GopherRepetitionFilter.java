package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.DocumentFilter.WholeTextFilter;
import dev.larkspur.storage.SplitMix64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies {@link GopherRepetition}. Shares of lines and paragraphs are fractions of the characters
 * in all lines or paragraphs, shares of n-grams are fractions of the characters in all words. White
 * space between them does not count.
 */
final class GopherRepetitionFilter extends WholeTextFilter {
  private final GopherRepetition rule;

  GopherRepetitionFilter(GopherRepetition rule) {
    super(rule);
    this.rule = rule;
  }

  @Override
  String violatedRule(String text) {
    List<String> lines = TextSegments.lines(text);
    List<String> againLines = repeated(lines);
    List<String> paragraphs = TextSegments.paragraphs(text);
    List<String> againParagraphs = repeated(paragraphs);
    if ((double) againLines.size() / lines.size() > rule.maxLines()) {
      return "lines";
    }
    if ((double) againParagraphs.size() / paragraphs.size() > rule.maxParagraphs()) {
      return "paragraphs";
    }
    if (share(againLines, lines) > rule.maxLineCharacters()) {
      return "line-characters";
    }
    if (share(againParagraphs, paragraphs) > rule.maxParagraphCharacters()) {
      return "paragraph-characters";
    }
    WordGrams grams = new WordGrams(TextSegments.words(text));
    for (int i = 0; i < rule.maxTopNgrams().size(); i++) {
      int n = GopherRepetition.FIRST_TOP + i;
      if (grams.topShare(n) > rule.maxTopNgrams().get(i)) {
        return "top-" + n + "-gram";
      }
    }
    for (int i = 0; i < rule.maxDuplicateNgrams().size(); i++) {
      int n = GopherRepetition.FIRST_DUPLICATE + i;
      if (grams.repeatedShare(n) > rule.maxDuplicateNgrams().get(i)) {
        return "duplicate-" + n + "-grams";
      }
    }
    return "";
  }

  private static List<String> repeated(List<String> parts) {
    Set<String> seen = new HashSet<>();
    return parts.stream().filter(part -> !seen.add(part)).toList();
  }

  private static double share(List<String> some, List<String> all) {
    return (double) TextSegments.length(some) / TextSegments.length(all);
  }

  /** N-grams of the words of one text, as hashes of word numbers. */
  private static final class WordGrams {
    private final int[] ids;
    private final int[] lengths;
    private final long characters;

    WordGrams(List<String> words) {
      Map<String, Integer> numbers = new HashMap<>();
      ids = new int[words.size()];
      lengths = new int[words.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = numbers.merge(words.get(i), numbers.size(), (old, unused) -> old);
        lengths[i] = TextSegments.length(words.get(i));
      }
      characters = TextSegments.length(words);
    }

    private long hash(int start, int n) {
      long hash = n;
      for (int i = start; i < start + n; i++) {
        hash = SplitMix64.first(hash * 31 + ids[i]);
      }
      return hash;
    }

    private long length(int start, int n) {
      long length = 0;
      for (int i = start; i < start + n; i++) {
        length += lengths[i];
      }
      return length;
    }

    /** Share of the most frequent n-gram, the longest in a tie; 0 if none occurs twice. */
    double topShare(int n) {
      Map<Long, Integer> counts = new HashMap<>();
      int most = 2;
      long longest = 0;
      for (int start = 0; start + n <= ids.length; start++) {
        int count = counts.merge(hash(start, n), 1, Integer::sum);
        if (count > most) {
          most = count;
          longest = length(start, n);
        } else if (count == most) {
          longest = Math.max(longest, length(start, n));
        }
      }
      return (double) (most * longest) / characters;
    }

    /** Share of n-grams that occurred before; a word in several of them counts once. */
    double repeatedShare(int n) {
      Set<Long> seen = new HashSet<>();
      long repeated = 0;
      int covered = 0;
      for (int start = 0; start + n <= ids.length; start++) {
        if (!seen.add(hash(start, n))) {
          int from = Math.max(covered, start);
          repeated += length(from, start + n - from);
          covered = start + n;
        }
      }
      return (double) repeated / characters;
    }
  }
}
