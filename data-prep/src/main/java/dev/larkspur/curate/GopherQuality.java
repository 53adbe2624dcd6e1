package dev.larkspur.curate;

/**
 * The quality rules of Gopher (Rae et al. 2021, appendix A.1.1, "Quality Filtering"). Words are
 * what stands between white space.
 *
 * @param minWords fewest words
 * @param maxWords most words
 * @param minMeanWordLength lowest mean length of a word, in characters
 * @param maxMeanWordLength highest mean length of a word, in characters
 * @param maxSymbolRatio most {@code #}, or most ellipses, for each word
 * @param maxBulletLines highest share of lines that start with a bullet point
 * @param maxEllipsisLines highest share of lines that end with an ellipsis
 * @param minAlphabeticWords lowest share of words with an alphabetic character
 * @param minStopWords fewest different words of: the, be, to, of, and, that, have, with
 */
public record GopherQuality(
    int minWords,
    int maxWords,
    double minMeanWordLength,
    double maxMeanWordLength,
    double maxSymbolRatio,
    double maxBulletLines,
    double maxEllipsisLines,
    double minAlphabeticWords,
    int minStopWords)
    implements CurationRule {
  /** The published thresholds. */
  public static final GopherQuality PUBLISHED =
      new GopherQuality(50, 100_000, 3, 10, 0.1, 0.9, 0.3, 0.8, 2);

  @Override
  public String name() {
    return "gopher-quality";
  }
}
