package dev.larkspur.curate;

import dev.larkspur.document.Document;

/** A rule that looks at one document. Not thread-safe. */
interface DocumentFilter {
  Verdict judge(Document document);

  /**
   * What a filter says of a document.
   *
   * @param document the document, of which lines may have been taken
   * @param reason why it goes, such as {@code gopher-quality/words}; empty if it stays
   */
  record Verdict(Document document, String reason) {
    static Verdict keep(Document document) {
      return new Verdict(document, "");
    }

    boolean kept() {
      return reason.isEmpty();
    }
  }
}
