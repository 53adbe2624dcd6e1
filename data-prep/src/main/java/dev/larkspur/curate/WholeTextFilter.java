package dev.larkspur.curate;

import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.document.Document;

/** Keeps or drops a text as it is; the reason is the first part of the rule that it breaks. */
abstract class WholeTextFilter implements DocumentFilter {
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
