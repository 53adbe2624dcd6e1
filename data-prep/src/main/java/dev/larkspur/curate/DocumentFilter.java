package dev.larkspur.curate;

import dev.larkspur.document.Document;

/** A rule for single documents. Not thread-safe. */
interface DocumentFilter {
  Verdict judge(Document document);

  /**
   * The verdict of a filter on a document.
   *
   * @param document the document, possibly with lines removed
   * @param reason why it is dropped, such as {@code gopher-quality/words}; empty if it is kept
   */
  record Verdict(Document document, String reason) {
    static Verdict keep(Document document) {
      return new Verdict(document, "");
    }

    boolean kept() {
      return reason.isEmpty();
    }
  }

  /**
   * Keeps or drops texts without changing them; the reason is the first part of the rule that a
   * text violates.
   */
  abstract static class WholeTextFilter implements DocumentFilter {
    private final String rule;

    WholeTextFilter(CurationRule rule) {
      this.rule = rule.name();
    }

    /** The first part of the rule that a text violates; empty if it violates none. */
    abstract String violatedRule(String text);

    @Override
    public final Verdict judge(Document document) {
      String broken = violatedRule(document.content());
      return broken.isEmpty() ? Verdict.keep(document) : new Verdict(document, rule + "/" + broken);
    }
  }
}
