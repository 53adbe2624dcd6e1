package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.storage.SplitMix64;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The band hashes of a text, as {@link NearDuplicates} defines them. Thread-safe. */
final class MinHash {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
  private static final long FNV_PRIME = 0x100000001b3L;

  private final NearDuplicates rule;
  private final long[] seeds;

  MinHash(NearDuplicates rule) {
    this.rule = rule;
    seeds = new long[rule.bands() * rule.rows()];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = SplitMix64.first(SplitMix64.first(i));
    }
  }

  /** One hash for each band; none for a text without a word. */
  long[] bands(String text) {
    long[] grams = grams(text);
    if (grams.length == 0) {
      return grams;
    }
    long[] bands = new long[rule.bands()];
    for (int band = 0; band < bands.length; band++) {
      long hash = band;
      for (int row = 0; row < rule.rows(); row++) {
        long seed = seeds[band * rule.rows() + row];
        long smallest = Long.MAX_VALUE;
        for (long gram : grams) {
          smallest = Math.min(smallest, SplitMix64.first(gram ^ seed));
        }
        hash = SplitMix64.first(hash ^ smallest);
      }
      bands[band] = hash;
    }
    return bands;
  }

  /**
   * Hashes of the n-grams of words, in lower case and without punctuation; of a text with fewer
   * words, one hash of all words.
   */
  long[] grams(String text) {
    long[] words =
        WORD.matcher(text).results().map(MatchResult::group).mapToLong(MinHash::hash).toArray();
    int n = Math.min(rule.ngram(), words.length);
    if (n == 0) {
      return words;
    }
    long[] grams = new long[words.length - n + 1];
    for (int start = 0; start < grams.length; start++) {
      long hash = 0;
      for (int i = start; i < start + n; i++) {
        hash = SplitMix64.first(hash ^ words[i]);
      }
      grams[start] = hash;
    }
    return grams;
  }

  private static long hash(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    long hash = 0;
    for (int i = 0; i < lower.length(); i++) {
      hash = (hash ^ lower.charAt(i)) * FNV_PRIME;
    }
    return SplitMix64.first(hash);
  }
}
