package dev.larkspur.corpus;

import java.util.List;

/** The perplexity of a model that knows only how frequent each token is. */
final class UnigramPerplexity {
  /** Shards of a split that are counted, to bound what tasks send to the driver. */
  static final int SHARDS = 16;

  private UnigramPerplexity() {}

  static double of(List<ShardReport> reports, int vocabulary) {
    long[] train = new long[vocabulary];
    long[] validation = new long[vocabulary];
    for (ShardReport report : reports) {
      report.addCountsTo(report.split() == Split.TRAIN ? train : validation);
    }
    return of(train, validation);
  }

  /** With one added to each training count, so that a new token has a probability too. */
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
    return Math.exp(bits / tokens);
  }
}
