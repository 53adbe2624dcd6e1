package dev.larkspur.curate;

/**
 * Keeps one of the documents that are nearly the same: MinHash (Broder 1997) of word n-grams, with
 * locality-sensitive hashing. Two documents whose sets of n-grams have the Jaccard similarity s
 * meet in a band with probability 1 - (1 - s^rows)^bands, and documents that meet, also over
 * others, are one cluster. The defaults are those of FineWeb (Penedo et al. 2024, section 3.4): 56
 * % of pairs of similarity 0.7 are found, 92 % at 0.8, 98.8 % at 0.85.
 *
 * @param ngram words of an n-gram, at least 1
 * @param bands at least 1, at most 255
 * @param rows hash functions of a band, at least 1
 */
public record NearDuplicates(int ngram, int bands, int rows) implements CurationRule {
  /** 5-grams, 14 bands of 8. */
  public static final NearDuplicates FINE_WEB = new NearDuplicates(5, 14, 8);

  private static final int MOST_BANDS = 255;

  /** Refuses values out of range. */
  public NearDuplicates {
    if (ngram < 1 || bands < 1 || bands > MOST_BANDS || rows < 1) {
      throw new CurateException(
          "Near duplicates cannot be found with "
              + ngram
              + "-grams, "
              + bands
              + " bands and "
              + rows
              + " rows: set each to at least 1, and at most 255 bands.");
    }
  }

  @Override
  public String name() {
    return "near-duplicates";
  }
}
