package dev.larkspur.cli;

import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.SourceShare;
import dev.larkspur.corpus.SourceTokens;

/**
 * What a source gave to the training split of a part.
 *
 * @param documents documents that are in it, one that is used twice counted twice
 * @param leftOut documents that are not in it, so that the shares hold
 * @param tokens of the documents in it
 * @param epochs how often its documents are used
 * @param share its part of the tokens
 * @param shareAskedFor the part that was asked for
 */
record SourceStats(
    long documents, long leftOut, long tokens, double epochs, double share, double shareAskedFor) {
  static SourceStats of(CorpusPart part, SourceShare source) {
    SourceTokens train = source.train();
    return new SourceStats(
        train.takenDocuments(),
        train.leftOut(),
        train.takenTokens(),
        train.epochs(),
        (double) train.takenTokens() / part.train().tokens(),
        source.share());
  }

  String line() {
    return "%,d documents (%,d left out), %,d tokens, %.2f epochs, %.2f %% of all; asked for %.2f %%"
        .formatted(documents, leftOut, tokens, epochs, 100 * share, 100 * shareAskedFor);
  }
}
