package dev.larkspur.curate;

/** Keeps one of the documents with the same text. */
public record ExactDuplicates() implements CurationRule {
  @Override
  public String name() {
    return "exact-duplicates";
  }
}
