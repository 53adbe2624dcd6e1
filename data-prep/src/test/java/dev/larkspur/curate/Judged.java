package dev.larkspur.curate;

import dev.larkspur.document.Document;
import dev.larkspur.document.Document.DocumentPlace;

/** Texts through filters. */
final class Judged {
  private Judged() {}

  static Document document(String content) {
    return new Document(new DocumentPlace(0, 0), 0, "https://example.org/", content);
  }

  /** What follows the name of the rule in the reason; empty if the text stays. */
  static String by(DocumentFilter filter, String content) {
    String reason = filter.judge(document(content)).reason();
    return reason.substring(reason.indexOf('/') + 1);
  }
}
