package dev.larkspur.corpus;

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

  /** How often the documents were used: below 1 if some are left out. */
  public double epochs() {
    return tokens == 0 ? 0 : (double) takenTokens / tokens;
  }
}
