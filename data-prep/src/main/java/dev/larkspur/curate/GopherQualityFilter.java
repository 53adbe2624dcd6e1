package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.DocumentFilter.WholeTextFilter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Applies {@link GopherQuality}; the reason is the first rule violated, in the order of the paper.
 */
final class GopherQualityFilter extends WholeTextFilter {
  private static final Set<String> STOP_WORDS =
      Set.of("the", "be", "to", "of", "and", "that", "have", "with");
  private static final Pattern ELLIPSIS = Pattern.compile("\\.\\.\\.|…");
  private static final Pattern BULLET = Pattern.compile("^[•‣⁃◦*-].*", Pattern.DOTALL);
  private static final Pattern EDGES = Pattern.compile("^[^\\p{L}]+|[^\\p{L}]+$");

  private final GopherQuality rule;

  GopherQualityFilter(GopherQuality rule) {
    super(rule);
    this.rule = rule;
  }

  @Override
  String violatedRule(String text) {
    List<String> words = TextSegments.words(text);
    double count = words.size();
    if (count < rule.words().minWords() || count > rule.words().maxWords()) {
      return "words";
    }
    double meanLength = TextSegments.length(words) / count;
    if (meanLength < rule.words().minMeanWordLength()
        || meanLength > rule.words().maxMeanWordLength()) {
      return "mean-word-length";
    }
    if (text.chars().filter(symbol -> symbol == '#').count() / count > rule.maxSymbolRatio()
        || ELLIPSIS.matcher(text).results().count() / count > rule.maxSymbolRatio()) {
      return "symbols";
    }
    List<String> lines = TextSegments.lines(text);
    if (share(lines, line -> BULLET.matcher(line).matches()) > rule.maxBulletLines()) {
      return "bullet-lines";
    }
    if (share(lines, line -> line.endsWith("...") || line.endsWith("…"))
        > rule.maxEllipsisLines()) {
      return "ellipsis-lines";
    }
    if (share(words, word -> word.codePoints().anyMatch(Character::isAlphabetic))
        < rule.words().minAlphabeticWords()) {
      return "alphabetic-words";
    }
    long stopWords =
        words.stream()
            .map(word -> EDGES.matcher(word).replaceAll("").toLowerCase(Locale.ROOT))
            .filter(STOP_WORDS::contains)
            .distinct()
            .count();
    return stopWords < rule.words().minStopWords() ? "stop-words" : "";
  }

  private static double share(List<String> parts, Predicate<String> test) {
    return parts.isEmpty() ? 0 : (double) parts.stream().filter(test).count() / parts.size();
  }
}
