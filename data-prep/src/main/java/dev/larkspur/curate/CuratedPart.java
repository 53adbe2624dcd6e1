package dev.larkspur.curate;

import dev.larkspur.document.DocumentPart;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;

/** What one task reads, and what is known of its duplicates. */
public final class CuratedPart {
  private final DocumentPart part;
  private final Curation curation;
  private final Iterator<Duplicate> duplicates;

  /**
   * @param duplicates ordered by place; they can be gone through once
   */
  CuratedPart(DocumentPart part, Curation curation, Iterator<Duplicate> duplicates) {
    this.part = part;
    this.curation = curation;
    this.duplicates = duplicates;
  }

  /** Opens the documents that stay; they must be closed. */
  public CuratedDocuments open(Configuration conf) {
    return new CuratedDocuments(part.open(conf), curation.filters(), duplicates);
  }
}
