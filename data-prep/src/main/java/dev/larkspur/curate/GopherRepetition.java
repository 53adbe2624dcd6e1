package dev.larkspur.curate;

import java.util.List;

/**
 * The repetition rules of Gopher (Rae et al. 2021, appendix A.1.1, table A1): a document goes if
 * any share is above its threshold.
 *
 * @param maxLines share of lines that an earlier line equals
 * @param maxParagraphs share of paragraphs that an earlier one equals
 * @param maxLineCharacters share of characters in such lines
 * @param maxParagraphCharacters share of characters in such paragraphs
 * @param maxTopNgrams share of characters in the most frequent 2-, 3- and 4-gram of words
 * @param maxDuplicateNgrams share of characters in repeated 5-, 6-, … 10-grams of words
 */
public record GopherRepetition(
    double maxLines,
    double maxParagraphs,
    double maxLineCharacters,
    double maxParagraphCharacters,
    List<Double> maxTopNgrams,
    List<Double> maxDuplicateNgrams)
    implements CurationRule {
  /** Length of the first n-gram of {@link #maxTopNgrams}, in words. */
  static final int FIRST_TOP = 2;

  /** Length of the first n-gram of {@link #maxDuplicateNgrams}, in words. */
  static final int FIRST_DUPLICATE = 5;

  /** The published thresholds. */
  public static final GopherRepetition PUBLISHED =
      new GopherRepetition(
          0.3, 0.3, 0.2, 0.2, List.of(0.2, 0.18, 0.16), List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.1));

  /** Refuses lists of other lengths. */
  public GopherRepetition {
    maxTopNgrams = List.copyOf(maxTopNgrams);
    maxDuplicateNgrams = List.copyOf(maxDuplicateNgrams);
    if (maxTopNgrams.size() != 3 || maxDuplicateNgrams.size() != 6) {
      throw new CurateException(
          "The thresholds of repeated n-grams are 3 (2 to 4 words) and 6 (5 to 10 words), not "
              + maxTopNgrams.size()
              + " and "
              + maxDuplicateNgrams.size()
              + ": give one for each length.");
    }
  }

  @Override
  public String name() {
    return "gopher-repetition";
  }
}
