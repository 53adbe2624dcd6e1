package dev.larkspur.document;

import dev.larkspur.document.WordNet.WordNetEntry;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.SparkContext;

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
  public static Result write(SparkContext spark, String out) {
    List<WordNetEntry> entries = WordNet.entries();
    try {
      byte[] parquet = WordNetParquet.write(entries);
      Path directory = new Path(out);
      FileSystem files = RawFiles.of(directory, spark.hadoopConfiguration());
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

  /** WordNet entries as Parquet in the schema of RefinedWeb. */
  static final class WordNetParquet {
    private static final MessageType SCHEMA =
        MessageTypeParser.parseMessageType(
            """
            message documents {
              required binary content (STRING);
              required binary url (STRING);
              required int64 timestamp (TIMESTAMP(MILLIS,true));
              required binary dump (STRING);
              required binary segment (STRING);
              required group image_urls (LIST) {
                repeated group list {
                  optional group element (LIST) {
                    repeated group list {
                      optional binary element (STRING);
                    }
                  }
                }
              }
            }
            """);

    /** Entries have no date; this is the copyright year of WordNet 3.1. */
    private static final Instant YEAR = Instant.parse("2011-01-01T00:00:00Z");

    /** Small, so that several tasks share the work. */
    private static final long ROW_GROUP_BYTES = 1 << 20;

    private WordNetParquet() {}

    static byte[] write(List<WordNetEntry> entries) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      SimpleGroupFactory rows = new SimpleGroupFactory(SCHEMA);
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new MemoryOutput(bytes))
              // Settings of the user must not change the bytes.
              .withConf(new Configuration(false))
              .withType(SCHEMA)
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withRowGroupSize(ROW_GROUP_BYTES)
              .build()) {
        for (WordNetEntry entry : entries) {
          Group row = rows.newGroup();
          row.add("content", entry.content());
          row.add("url", entry.url());
          row.add("timestamp", YEAR.toEpochMilli());
          row.add("dump", "wordnet-3.1");
          row.add("segment", entry.partOfSpeech());
          row.addGroup("image_urls");
          writer.write(row);
        }
      }
      return ParquetFooter.canonical(bytes.toByteArray());
    }

    private record MemoryOutput(ByteArrayOutputStream bytes) implements OutputFile {
      @Override
      public PositionOutputStream create(long blockSize) {
        return createOrOverwrite(blockSize);
      }

      @Override
      public PositionOutputStream createOrOverwrite(long blockSize) {
        return new PositionOutputStream() {
          @Override
          public long getPos() {
            return bytes.size();
          }

          @Override
          public void write(int value) {
            bytes.write(value);
          }

          @Override
          public void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
          }
        };
      }

      @Override
      public boolean supportsBlockSize() {
        return false;
      }

      @Override
      public long defaultBlockSize() {
        return 0;
      }
    }
  }
}
