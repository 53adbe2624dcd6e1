package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.prepare.ShardTask.ShardReport;
import java.util.List;

/** The perplexity of a unigram model, which knows only token frequencies. */
public final class UnigramPerplexity {
  /** Number of shards per split to count, which bounds the data that tasks send to the driver. */
  static final int SHARDS = 16;

  private UnigramPerplexity() {}

  /**
   * Computes the perplexity from the first shards of each split.
   *
   * @param reports of both splits; those of one split in the order of its shards
   */
  static double of(List<ShardReport> reports, int vocabulary) {
    return of(
        counts(reports, Split.TRAIN, vocabulary), counts(reports, Split.VALIDATION, vocabulary));
  }

  private static long[] counts(List<ShardReport> reports, Split split, int vocabulary) {
    long[] counts = new long[vocabulary];
    reports.stream()
        .filter(report -> report.split() == split)
        .limit(SHARDS)
        .forEach(report -> report.addCountsTo(counts));
    return counts;
  }

  /**
   * Adds one to each training count, so that unseen tokens have a probability. Returns the
   * perplexity of a uniform distribution if no validation token is counted.
   */
  static double of(long[] train, long[] validation) {
    double all = train.length;
    for (long count : train) {
      all += count;
    }
    double bits = 0;
    double tokens = 0;
    for (int id = 0; id < train.length; id++) {
      bits -= validation[id] * Math.log((train[id] + 1) / all);
      tokens += validation[id];
    }
    return tokens == 0 ? train.length : Math.exp(bits / tokens);
  }
}
