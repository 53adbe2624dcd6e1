package dev.larkspur.corpus;

import dev.larkspur.document.DocumentReport;
import java.io.Serializable;

/**
 * What reading and tokenizing came to, of one task or of several.
 *
 * @param report of all records read
 * @param texts how long the documents are that stay
 */
record ReadingTotals(DocumentReport report, TextCounts texts) implements Serializable {
  static final ReadingTotals NONE = new ReadingTotals(DocumentReport.NONE, TextCounts.NONE);

  ReadingTotals plus(ReadingTotals other) {
    return new ReadingTotals(report.plus(other.report), texts.plus(other.texts));
  }
}
