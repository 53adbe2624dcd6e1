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

  /** Keeps or drops a text as it is; the reason is the first part of the rule that it breaks. */
  abstract static class WholeTextFilter implements DocumentFilter {
    private final String rule;

    WholeTextFilter(CurationRule rule) {
      this.rule = rule.name();
    }

    /** The first part of the rule that a text breaks; empty if it breaks none. */
    abstract String broken(String text);

    @Override
    public final Verdict judge(Document document) {
      String broken = broken(document.content());
      return broken.isEmpty() ? Verdict.keep(document) : new Verdict(document, rule + "/" + broken);
    }
  }
}
