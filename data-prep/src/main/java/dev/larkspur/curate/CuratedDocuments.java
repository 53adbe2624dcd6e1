package dev.larkspur.curate;

import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.curate.DuplicateSearch.Duplicate;
import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.document.DocumentStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/** Reads the documents of a partition that curation keeps, lazily. Not thread-safe. */
public final class CuratedDocuments implements Iterator<Document>, Closeable {
  private final DocumentStream documents;
  private final List<DocumentFilter> filters;
  private final Iterator<Duplicate> duplicates;
  private final Map<String, Long> dropped = new TreeMap<>();
  private Duplicate duplicate;
  private Document next;

  CuratedDocuments(
      DocumentStream documents, List<DocumentFilter> filters, Iterator<Duplicate> duplicates) {
    this.documents = documents;
    this.filters = filters;
    this.duplicates = duplicates;
  }

  @Override
  public boolean hasNext() {
    while (next == null && documents.hasNext()) {
      Verdict verdict = nextVerdict();
      next = verdict.kept() ? verdict.document() : null;
    }
    return next != null;
  }

  @Override
  public Document next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Document document = next;
    next = null;
    return document;
  }

  boolean hasNextVerdict() {
    return documents.hasNext();
  }

  /** The verdict on the next document. */
  Verdict nextVerdict() {
    Verdict verdict = judge(documents.next());
    if (!verdict.kept()) {
      dropped.merge(verdict.reason(), 1L, Long::sum);
    }
    return verdict;
  }

  private Verdict judge(Document document) {
    // Duplicates were searched among the documents that the filters keep.
    while (duplicates.hasNext()
        && (duplicate == null || duplicate.place().compareTo(document.place()) < 0)) {
      duplicate = duplicates.next();
    }
    if (duplicate != null && duplicate.place().equals(document.place())) {
      return new Verdict(document, duplicate.reason());
    }
    Verdict verdict = Verdict.keep(document);
    for (DocumentFilter filter : filters) {
      verdict = filter.judge(verdict.document());
      if (!verdict.kept()) {
        return new Verdict(document, verdict.reason());
      }
    }
    return verdict;
  }

  /** The outcome of reading and curation so far. */
  public DocumentReport report() {
    return documents.report(dropped);
  }

  @Override
  public void close() throws IOException {
    documents.close();
  }
}
