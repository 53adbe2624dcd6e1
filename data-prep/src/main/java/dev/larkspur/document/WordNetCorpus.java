package dev.larkspur.document;

import dev.larkspur.document.WordNet.WordNetEntry;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * WordNet 3.1 as documents: one for each of its 117,000 entries, with words, definition, examples
 * and hypernyms, such as
 *
 * <pre>larkspur (noun, plant): any of numerous cultivated plants of the genus Delphinium. Kind of:
 * delphinium.</pre>
 *
 * <p>The data are part of this module (Princeton's free licence), so that everything can be tried
 * without a network.
 */
public final class WordNetCorpus {
  static final String FILE = "wordnet-3.1.parquet";

  private WordNetCorpus() {}

  /** What a call of {@link #write} has done. */
  public enum Outcome {
    /** The documents were written. */
    WRITTEN,
    /** The same documents existed already; nothing was done. */
    ALREADY_DONE
  }

  /**
   * The result of {@link #write}.
   *
   * @param documents number of documents in the directory
   * @param outcome whether this call wrote them
   */
  public record Result(long documents, Outcome outcome) {}

  /**
   * Writes the documents in the RefinedWeb schema as one Parquet file (5 MB) of many row groups;
   * the same bytes every time.
   *
   * @param out directory: new, empty, or with these documents, even incomplete
   * @throws DocumentException if the directory contains anything else or cannot be written
   */
  public static Result write(SparkSession spark, String out) {
    List<WordNetEntry> entries = WordNet.entries();
    try {
      byte[] parquet = WordNetParquet.write(entries);
      Path directory = new Path(out);
      FileSystem files = RawFiles.of(directory, spark.sparkContext().hadoopConfiguration());
      byte[] present = present(files, directory);
      if (Arrays.equals(present, parquet)) {
        return new Result(entries.size(), Outcome.ALREADY_DONE);
      }
      if (present.length > parquet.length
          || !Arrays.equals(present, Arrays.copyOf(parquet, present.length))) {
        throw new DocumentException(
            new Path(directory, FILE)
                + " differs from the file to write: choose another directory, or delete it.");
      }
      try (OutputStream file = NewFile.create(files, new Path(directory, FILE))) {
        file.write(parquet);
      }
      return new Result(entries.size(), Outcome.WRITTEN);
    } catch (IOException | IllegalArgumentException failure) {
      throw new DocumentException(
          "Cannot write the WordNet documents to "
              + out
              + " ("
              + TaskFailures.fileAndReason(failure)
              + "): free 10 MB there, or choose a directory that can be written.",
          failure);
    }
  }

  /**
   * The bytes of the file; none if the directory is empty or new. A killed run leaves an incomplete
   * file.
   */
  private static byte[] present(FileSystem files, Path directory) throws IOException {
    if (!files.exists(directory)) {
      return new byte[0];
    }
    byte[] present = {};
    for (FileStatus entry : files.listStatus(directory)) {
      if (!entry.getPath().getName().equals(FILE)) {
        throw new DocumentException(
            directory
                + " holds "
                + entry.getPath().getName()
                + ": choose a new or empty directory for the WordNet documents.");
      }
      try (InputStream in = files.open(entry.getPath())) {
        present = in.readAllBytes();
      }
    }
    return present;
  }
}
