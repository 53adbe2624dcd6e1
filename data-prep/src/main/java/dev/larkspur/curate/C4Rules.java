package dev.larkspur.curate;

/**
 * The rules of C4 (Raffel et al. 2020, section 2.2, with the details of the authors' code): lines
 * go that do not end in terminal punctuation, are short, or are of the apparatus of a page
 * (JavaScript, cookies, privacy and terms of use); pages go that hold a curly bracket or "lorem
 * ipsum", or of which too few sentences are left. Left to other rules: the language, and repeated
 * spans of three sentences. The list of bad words is {@link BadWords}.
 *
 * @param minWordsInLine fewest words of a line
 * @param maxWordLength longest word of a line, in characters
 * @param minSentences fewest sentences of what is left of a page
 */
public record C4Rules(int minWordsInLine, int maxWordLength, int minSentences)
    implements CurationRule {
  /** The published thresholds. */
  public static final C4Rules PUBLISHED = new C4Rules(5, 1000, 3);

  @Override
  public String name() {
    return "c4";
  }
}
