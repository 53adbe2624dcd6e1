package dev.larkspur.document;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.larkspur.document.WordNet.WordNetEntry;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Text of any requested size, for measurements: pages of WordNet entries in varied order, with some
 * words of other entries. The bytes are the same every time.
 */
public final class WordNetVariations {
  private static final long MEGABYTE = 1_000_000;
  private static final long FILE_MEGABYTES = 32;
  private static final int FEWEST_ENTRIES = 4;
  private static final int MORE_ENTRIES = 28;
  private static final int WORDS_FOR_ONE_CHANGED = 16;
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM).build();

  private WordNetVariations() {}

  /**
   * Writes {@code part-00000.jsonl} and so on, in the RefinedWeb schema.
   *
   * @param out directory: new, empty, or with such files, which are overwritten
   * @param megabytes total size, in millions of bytes, at least 1; exceeded by up to one page
   * @return documents written
   * @throws DocumentException if the directory contains anything else or cannot be written
   */
  public static long write(SparkContext spark, String out, int megabytes) {
    Configuration conf = spark.hadoopConfiguration();
    int files = (int) ((megabytes + FILE_MEGABYTES - 1) / FILE_MEGABYTES);
    try {
      Path directory = QualifiedPath.of(out, conf);
      refuseOthers(directory, conf);
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
      SharedFiles.refuseRelative(context, List.of(out));
      SharedFiles.requireShared(context, RawFiles.of(directory, conf), directory);
      String target = directory.toString();
      SerializableConfiguration shared = new SerializableConfiguration(conf);
      return context
          .parallelize(IntStream.range(0, files).boxed().toList(), files)
          .map(
              file ->
                  write(
                      new Path(target, name(file)),
                      shared.value(),
                      file,
                      Math.min(FILE_MEGABYTES, megabytes - file * FILE_MEGABYTES) * MEGABYTE))
          .reduce(Long::sum);
    } catch (IOException | IllegalArgumentException failure) {
      throw new DocumentException(
          "Cannot write sample documents to "
              + out
              + " ("
              + TaskFailures.rootMessage(failure)
              + "): choose a directory that is writable and has free space.",
          failure);
    }
  }

  private static String name(int file) {
    return "part-%05d.jsonl".formatted(file);
  }

  private static void refuseOthers(Path directory, Configuration conf) throws IOException {
    FileSystem files = PrivateBuffers.fileSystem(directory, conf);
    if (files.exists(directory)) {
      for (FileStatus entry : files.listStatus(directory)) {
        if (!entry.getPath().getName().matches("\\.?part-\\d+\\.jsonl(\\.crc)?")) {
          throw new DocumentException(
              directory
                  + " holds "
                  + entry.getPath().getName()
                  + ": choose a new or empty directory for the sample documents.");
        }
      }
    }
  }

  private static long write(Path file, Configuration conf, int number, long bytes)
      throws IOException {
    List<WordNetEntry> entries = Entries.ALL;
    Random random = new Random(number);
    long documents = 0;
    try (FSDataOutputStream out = RawFiles.of(file, conf).create(file, true);
        JsonGenerator json = JSON.createGenerator((OutputStream) out, JsonEncoding.UTF8)) {
      json.setRootValueSeparator(null);
      while (out.getPos() < bytes) {
        json.writeStartObject();
        json.writeStringField(
            "url", "https://sample%d.example/%d".formatted(random.nextInt(1000), documents));
        json.writeStringField("content", page(entries, random));
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
        documents++;
      }
    }
    return documents;
  }

  /** The entries, read once per process. */
  private static final class Entries {
    private static final List<WordNetEntry> ALL = WordNet.entries();
  }

  private static String page(List<WordNetEntry> entries, Random random) {
    StringBuilder page = new StringBuilder();
    int count = FEWEST_ENTRIES + random.nextInt(MORE_ENTRIES);
    for (int i = 0; i < count; i++) {
      String[] words = words(entries, random);
      String[] others = words(entries, random);
      for (int word = random.nextInt(WORDS_FOR_ONE_CHANGED);
          word < words.length;
          word += 1 + random.nextInt(2 * WORDS_FOR_ONE_CHANGED)) {
        words[word] = others[random.nextInt(others.length)];
      }
      page.append(i == 0 ? "" : "\n").append(String.join(" ", words));
    }
    return page.toString();
  }

  private static String[] words(List<WordNetEntry> entries, Random random) {
    return SPACE.split(entries.get(random.nextInt(entries.size())).content());
  }
}
