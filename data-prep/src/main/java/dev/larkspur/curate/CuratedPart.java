package dev.larkspur.curate;

import dev.larkspur.document.DocumentPart;

import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

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

  /** Opens the documents that stay; they are closed with the task that runs, however it ends. */
  public CuratedDocuments open(Configuration conf) {
    CuratedDocuments documents =
        new CuratedDocuments(part.open(conf), curation.filters(), duplicates);
    TaskContext.get().addTaskCompletionListener(new Closing(documents));
    return documents;
  }

  private record Closing(CuratedDocuments documents) implements TaskCompletionListener {
    @Override
    public void onTaskCompletion(TaskContext context) {
      try {
        documents.close();
      } catch (IOException alreadyRead) {
        // Only a task that failed has an open file; its own failure is the one to report.
        return;
      }
    }
  }
}
