package dev.larkspur.document;

import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import dev.larkspur.storage.FileNames;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TransientFailures;
import dev.larkspur.storage.TryAgainException;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads the documents of a {@link DocumentPartition} lazily. Not thread-safe. Throws a {@link
 * DocumentException} for a file that cannot be read, unless the {@link RejectionLimits} allow it,
 * and a {@link TryAgainException} if storage is unavailable.
 */
public final class DocumentStream implements Iterator<Document>, Closeable {
  private final Deque<DocumentSlice> slices;
  private final RejectionLimits limits;
  private final Configuration conf;
  private final DocumentTally tally;
  private final DocumentMemory memory;
  private DocumentSlice slice;
  private DocumentReader reader;
  private Document next;

  DocumentStream(List<DocumentSlice> slices, RejectionLimits limits, Configuration conf) {
    this.slices = new ArrayDeque<>(slices);
    this.limits = limits;
    this.conf = conf;
    this.tally = new DocumentTally(limits);
    this.memory = DocumentMemory.of(limits);
  }

  @Override
  public boolean hasNext() {
    while (next == null && (reader != null || !slices.isEmpty())) {
      try {
        if (reader == null) {
          slice = slices.remove();
          tally.enter(slice);
          reader = open();
        }
        next = reader.next(tally);
        if (next == null) {
          close();
        }
      } catch (DocumentException explained) {
        throw explained;
        // Damaged Parquet causes many kinds of unchecked exceptions.
      } catch (IOException | RuntimeException failure) {
        if (limits.damages() == 0
            || failure instanceof FileNotFoundException
            || TransientFailures.hasTransientCause(failure)
            || !checked()) {
          throw unreadable(failure);
        }
        tolerate(failure);
      }
    }
    return next != null;
  }

  /** Whether the format detects damage; if it does not, a failure is one of storage. */
  private boolean checked() {
    return slice.format() == DocumentFormat.PARQUET
        || slice.format() == DocumentFormat.WARC
        || Compression.of(slice.file()) != Compression.NONE;
  }

  private void tolerate(Exception failure) {
    // Every slice of a Parquet file reads its footer; only the first one reports damage.
    if (reader != null || slice.start() == 0) {
      long position = reader == null ? 0 : reader.position();
      tally.reject(position, SkipReason.DAMAGED, TaskFailures.rootMessage(failure));
    }
    try {
      if (reader != null && !reader.skipDamage()) {
        close();
      }
    } catch (IOException alreadyDamaged) {
      throw unreadable(alreadyDamaged);
    }
  }

  /**
   * The failure without its cause, because the driver may not have the class of a library's
   * exception.
   */
  private LarkspurException unreadable(Exception failure) {
    String what =
        "Cannot read the documents of "
            + slice.file()
            + " ("
            + TaskFailures.rootMessage(failure)
            + "): ";
    return TransientFailures.hasTransientCause(failure)
        ? new TryAgainException(
            what + "check that its storage is available, and run the command again.")
        : new DocumentException(what + "replace the file or exclude it.");
  }

  private DocumentReader open() throws IOException {
    FileNames.problem(new Path(slice.file()).toUri())
        .ifPresent(
            problem -> {
              throw new DocumentException(problem);
            });
    return switch (slice.format()) {
      case PARQUET -> new ParquetDocuments(slice, conf, memory);
      case TEXT -> new PlainTextDocument(slice, conf, memory);
      case WARC -> new WarcDocuments(slice, conf, memory);
      case JSONL, AUTO -> new JsonLinesDocuments(slice, conf, memory);
    };
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

  /** Counts of the records read so far. */
  public DocumentCounts counts() {
    return tally.counts();
  }

  /** The bad records read so far. */
  public List<RejectedRecord> rejected() {
    return tally.rejected();
  }

  /**
   * The outcome of reading so far.
   *
   * @param dropped documents that curation dropped from what was read
   */
  public DocumentReport report(Map<String, Long> dropped) {
    DocumentCounts counts = tally.counts();
    return new DocumentReport(
        new DocumentCounts(counts.read(), counts.skipped(), dropped),
        tally.broken(),
        tally.rejected());
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      DocumentReader open = reader;
      reader = null;
      open.close();
    }
  }
}
