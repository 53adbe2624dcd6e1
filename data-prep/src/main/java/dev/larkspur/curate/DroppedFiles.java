package dev.larkspur.curate;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.document.Document;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.Sha256;
import dev.larkspur.storage.WrittenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Writes dropped documents as JSON lines, in files whose bytes do not depend on the partitioning of
 * the work.
 */
final class DroppedFiles {
  private static final int PLACE_BYTES = Integer.BYTES + Long.BYTES;

  private final Broadcast<SerializableConfiguration> conf;
  private final List<String> files;
  private final String directory;

  DroppedFiles(Broadcast<SerializableConfiguration> conf, List<String> files, String directory) {
    this.conf = conf;
    this.files = files;
    this.directory = directory;
  }

  /** Reads all documents again and writes the files; returns them ordered by name. */
  List<WrittenFile> write(JavaRDD<CuratedPart> parts, int count) {
    Broadcast<SerializableConfiguration> hadoop = conf;
    Broadcast<List<String>> inputs =
        JavaSparkContext.fromSparkContext(parts.context()).broadcast(List.copyOf(files));
    String target = directory;
    return SortedShuffle.sort(
            parts.flatMap(part -> new Lines(part, hadoop.value().value(), inputs.value())),
            PLACE_BYTES,
            count)
        .mapPartitions(lines -> write(lines, new Path(target), hadoop.value().value()))
        .collect();
  }

  private static Iterator<WrittenFile> write(
      Iterator<Tuple2<byte[], byte[]>> lines, Path directory, Configuration conf)
      throws IOException {
    if (!lines.hasNext()) {
      return Collections.emptyIterator();
    }
    String number = Integer.toString(TaskContext.getPartitionId());
    String name = "0".repeat(Math.max(0, 5 - number.length())) + number + ".jsonl.gz";
    Path path = new Path(directory, name);
    MessageDigest digest = Sha256.digest();
    NewFile file = NewFile.create(RawFiles.of(path, conf), path);
    try (file;
        OutputStream out = new GZIPOutputStream(new DigestOutputStream(file, digest))) {
      while (lines.hasNext()) {
        out.write(lines.next()._2());
        out.write('\n');
      }
    }
    return List.of(new WrittenFile(name, file.length(), Sha256.hex(digest))).iterator();
  }

  private static final class Lines implements Iterator<Tuple2<byte[], byte[]>> {
    private static final JsonMapper JSON = new JsonMapper();

    private final CuratedDocuments documents;
    private final List<String> files;
    private Verdict next;

    Lines(CuratedPart part, Configuration conf, List<String> files) {
      this.documents = part.open(conf);
      this.files = files;
    }

    @Override
    public boolean hasNext() {
      while (next == null && documents.hasNextVerdict()) {
        Verdict verdict = documents.nextVerdict();
        next = verdict.kept() ? null : verdict;
      }
      return next != null;
    }

    @Override
    public Tuple2<byte[], byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Document document = next.document();
      DroppedDocument line =
          new DroppedDocument(
              files.get(document.place().file()),
              document.place().position(),
              next.reason(),
              document.url(),
              document.content());
      next = null;
      try {
        return new Tuple2<>(
            ByteBuffer.allocate(PLACE_BYTES)
                .putInt(document.place().file())
                .putLong(document.place().position())
                .array(),
            JSON.writeValueAsBytes(line));
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }

  /**
   * A line of {@code dropped/}.
   *
   * @param file path of the file that it was read from
   * @param position its position, as {@link dev.larkspur.document.DocumentPlace#position}
   * @param reason why it was dropped
   * @param url its address, or empty
   * @param content its text
   */
  private record DroppedDocument(
      String file, long position, String reason, String url, String content) {}
}
