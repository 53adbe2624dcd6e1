package dev.larkspur.document;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;

/**
 * The texts of one {@link DocumentPart}, read as they are asked for. Not thread-safe. A file that
 * cannot be read ends it with a {@link DocumentException} that names the file.
 */
public final class DocumentStream implements Iterator<String>, Closeable {
  private final Deque<DocumentSlice> slices;
  private final Configuration conf;
  private final DocumentTally tally = new DocumentTally();
  private DocumentSlice slice;
  private DocumentReader reader;
  private String next;

  DocumentStream(List<DocumentSlice> slices, Configuration conf) {
    this.slices = new ArrayDeque<>(slices);
    this.conf = conf;
  }

  @Override
  public boolean hasNext() {
    while (next == null && (reader != null || !slices.isEmpty())) {
      try {
        if (reader == null) {
          slice = slices.remove();
          reader = open(slice, conf);
        }
        next = reader.next(tally);
        if (next == null) {
          close();
        }
      } catch (DocumentException explained) {
        throw explained;
        // Damaged Parquet ends in many kinds of unchecked exceptions.
      } catch (IOException | RuntimeException failure) {
        throw new DocumentException(
            "Cannot read the documents of "
                + slice.file()
                + " ("
                + TaskFailures.rootMessage(failure)
                + "): replace the file or leave it out.",
            failure);
      }
    }
    return next != null;
  }

  private static DocumentReader open(DocumentSlice slice, Configuration conf) throws IOException {
    return slice.format() == DocumentFormat.PARQUET
        ? new ParquetDocuments(slice, conf)
        : new JsonLinesDocuments(slice, conf);
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String text = next;
    next = null;
    return text;
  }

  /** What was read so far. */
  public DocumentCounts counts() {
    return tally.counts();
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
