package dev.larkspur.curate;

import dev.larkspur.document.Document;


/** A rule that looks at one document. Not thread-safe. */
interface DocumentFilter {
  Verdict judge(Document document);
}
