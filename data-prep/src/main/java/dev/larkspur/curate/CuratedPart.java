package dev.larkspur.curate;

import dev.larkspur.document.DocumentPart;
import dev.larkspur.document.DocumentPlace;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** What one task reads, and what is known of its duplicates. */
public final class CuratedPart {
  private final DocumentPart part;
  private final Curation curation;
  private final Map<DocumentPlace, String> duplicates;

  CuratedPart(DocumentPart part, Curation curation, Map<DocumentPlace, String> duplicates) {
    this.part = part;
    this.curation = curation;
    this.duplicates = duplicates;
  }

  /** Opens the documents that stay; they must be closed. */
  public CuratedDocuments open(Configuration conf) {
    return new CuratedDocuments(part.open(conf), curation.filters(), duplicates);
  }
}
