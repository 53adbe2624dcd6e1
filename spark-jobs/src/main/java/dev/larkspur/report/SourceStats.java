package dev.larkspur.report;

import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.SourceShare;
import dev.larkspur.corpus.SourceTokens;
import dev.larkspur.corpus.Split;

import java.util.Optional;

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
public record SourceStats(
    long documents, long leftOut, long tokens, double epochs, double share, double shareAskedFor) {
  private static final double MOST_OFF = 0.01;

  public static SourceStats of(CorpusPart part, SourceShare source) {
    SourceTokens train = source.train();
    return new SourceStats(
        train.takenDocuments(),
        train.leftOut(),
        train.takenTokens(),
        train.epochs(),
        (double) train.takenTokens() / part.train().tokens(),
        source.share());
  }

  /** That a split of a part is not the mixture that was asked for; empty if it is, to a point. */
  public static Optional<String> warning(CorpusPart part, SourceShare source, Split split) {
    double share = (double) source.split(split).takenTokens() / part.split(split).tokens();
    return Math.abs(share - source.share()) <= MOST_OFF
        ? Optional.empty()
        : Optional.of(
            "warning: source %s has %.1f %% of the %s tokens of this part, and %.1f %% were asked for: its documents are long beside the mixture; add documents to the scarcest source, or prepare more at a time"
                .formatted(
                    source.name(),
                    100 * share,
                    split == Split.TRAIN ? "training" : "validation",
                    100 * source.share()));
  }

  public String line() {
    return "%,d documents (%,d left out), %,d tokens, %.2f epochs, %.2f %% of all; asked for %.2f %%"
        .formatted(documents, leftOut, tokens, epochs, 100 * share, 100 * shareAskedFor);
  }
}
