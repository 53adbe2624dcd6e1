package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import java.io.Serializable;

/**
 * What reading and tokenizing came to, of one task or of several.
 *
 * @param documents records read, and skipped by reason
 * @param texts the documents among them
 */
record ReadingTotals(DocumentCounts documents, TextCounts texts) implements Serializable {
  static final ReadingTotals NONE = new ReadingTotals(DocumentCounts.NONE, TextCounts.NONE);

  ReadingTotals plus(ReadingTotals other) {
    return new ReadingTotals(documents.plus(other.documents), texts.plus(other.texts));
  }
}
