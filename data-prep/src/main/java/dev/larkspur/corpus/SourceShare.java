package dev.larkspur.corpus;

import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;

/**
 * What one of several mixed sources gave to a part of a corpus.
 *
 * @param name of the source
 * @param share of the tokens that was asked for, above 0 and below 1
 * @param maxEpochs how often a training document could be used
 * @param input what was read
 * @param train what it gave to the training split
 * @param validation what it gave to the validation split
 */
public record SourceShare(
    String name,
    double share,
    int maxEpochs,
    SourceInput input,
    SourceTokens train,
    SourceTokens validation) {
  /** One of the two splits. */
  public SourceTokens split(Split split) {
    return split == Split.TRAIN ? train : validation;
  }

  /**
   * What was read of a source.
   *
   * @param format as its documents were read
   * @param fields as its documents were read
   * @param files how many of the part's inputs are its own; inputs are ordered by source
   */
  public record SourceInput(DocumentFormat format, DocumentFields fields, int files) {}

  /**
   * What one source gave to one split. Tokens include the end of text of each document.
   *
   * @param documents documents that there were, after curation
   * @param tokens their tokens
   * @param takenDocuments documents that went into the split; one that is used twice counts twice
   * @param takenTokens their tokens
   */
  public record SourceTokens(long documents, long tokens, long takenDocuments, long takenTokens) {
    /** Documents that are not in the split, so that the shares hold. */
    public long leftOut() {
      return Math.max(0, documents - takenDocuments);
    }

    /** How often the documents were used: below 1 if some are skipped. */
    public double epochs() {
      return tokens == 0 ? 0 : (double) takenTokens / tokens;
    }
  }
}
