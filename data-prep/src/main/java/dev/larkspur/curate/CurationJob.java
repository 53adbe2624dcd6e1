package dev.larkspur.curate;

import dev.larkspur.curate.DuplicateSearch.Duplicate;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.storage.WrittenFile;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Curates documents. */
public final class CurationJob {
  private final Curation curation;
  private final Broadcast<Curation> shared;
  private final Broadcast<SerializableConfiguration> conf;

  /** Sends the rules to the executors. */
  public CurationJob(
      JavaSparkContext context, Curation curation, Broadcast<SerializableConfiguration> conf) {
    this.curation = curation;
    this.shared = context.broadcast(curation);
    this.conf = conf;
  }

  /**
   * Returns the partitions with curation applied when they are opened. If a rule removes
   * duplicates, this reads all documents first. Duplicates are found among these partitions, not
   * among documents of earlier runs.
   *
   * @param parts one element per partition
   */
  public JavaRDD<CuratedPart> curate(JavaRDD<DocumentPartition> parts) {
    Broadcast<Curation> rules = shared;
    if (!curation.findsExactDuplicates() && curation.nearDuplicates().isEmpty()) {
      return parts.map(part -> new CuratedPart(part, rules.value(), Collections.emptyIterator()));
    }
    parts.context().setJobDescription("finding duplicates");
    // Sorted, so that a task holds one at a time.
    JavaRDD<Duplicate> duplicates =
        new DuplicateSearch(curation, shared, conf)
            .find(parts)
            .mapToPair(duplicate -> new Tuple2<>(duplicate, true))
            .repartitionAndSortWithinPartitions(new ByPart(parts.getNumPartitions()))
            .keys();
    return parts.zipPartitions(
        duplicates,
        (part, own) -> List.of(new CuratedPart(part.next(), rules.value(), own)).iterator());
  }

  /**
   * Writes the dropped documents with their reasons as JSON lines, if the settings ask for it; this
   * reads all documents again.
   *
   * @param parts the result of {@link #curate}
   * @param files of the documents
   * @param directory where to write {@code 00000.jsonl.gz} …
   * @param count number of files; empty files are not written
   * @return the files, with names relative to the directory
   */
  public List<WrittenFile> writeDropped(
      JavaRDD<CuratedPart> parts, List<DocumentFile> files, Path directory, int count) {
    if (!curation.keepsDropped()) {
      return List.of();
    }
    parts.context().setJobDescription("writing dropped documents");
    List<String> paths = files.stream().map(DocumentFile::file).toList();
    return new DroppedFiles(conf, paths, directory.toString()).write(parts, count);
  }

  private static final class ByPart extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int parts;

    ByPart(int parts) {
      this.parts = parts;
    }

    @Override
    public int numPartitions() {
      return parts;
    }

    @Override
    public int getPartition(Object key) {
      return ((Duplicate) key).part();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByPart that && that.parts == parts;
    }

    @Override
    public int hashCode() {
      return parts;
    }
  }

  /** The input of a task, with its duplicates. */
  public static final class CuratedPart {
    private final DocumentPartition part;
    private final Curation curation;
    private final Iterator<Duplicate> duplicates;

    /**
     * @param duplicates ordered by position; can be iterated once
     */
    CuratedPart(DocumentPartition part, Curation curation, Iterator<Duplicate> duplicates) {
      this.part = part;
      this.curation = curation;
      this.duplicates = duplicates;
    }

    /** Opens the documents that are kept; they are closed when the current task ends. */
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
          // Only a failed task still has an open file; its own failure is the one to report.
          return;
        }
      }
    }
  }
}
