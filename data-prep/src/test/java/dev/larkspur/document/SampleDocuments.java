package dev.larkspur.document;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.ZstdOutputStream;
import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.WordNet.WordNetEntry;
import dev.larkspur.document.WordNetCorpus.WordNetParquet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Real documents (entries of WordNet) in every form that can be read. */
public final class SampleDocuments {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleDocuments() {}

  /** The texts of {@code count} entries, taken from all parts of speech. */
  public static List<String> texts(int count) {
    return entries(count).stream().map(WordNetEntry::content).toList();
  }

  private static List<WordNetEntry> entries(int count) {
    List<WordNetEntry> all = Holder.ALL;
    return IntStream.range(0, count)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
        .toList();
  }

  /** Writes texts in the RefinedWeb schema as JSON lines, compressed as the name tells. */
  public static Path jsonLines(Path file, List<String> texts) throws IOException {
    try (OutputStream out = open(file)) {
      for (String text : texts) {
        ObjectNode line = JSON.createObjectNode();
        line.put("url", "https://example.org/" + text.hashCode());
        line.put("timestamp", "2020-01-02T03:04:05Z");
        line.putArray("image_urls").addArray().add("https://example.org/a.png").add("\"content\"");
        line.put("content", text);
        line.putObject("other").put("content", "not this one");
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  private static OutputStream open(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return switch (Compression.of(file.toString())) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out);
      case ZSTD -> new ZstdOutputStream(out);
    };
  }

  /** Writes the entries of {@link #texts} as Parquet. */
  public static Path parquet(Path file, int count) throws IOException {
    return Files.write(file, WordNetParquet.write(entries(count)));
  }

  private static final class Holder {
    private static final List<WordNetEntry> ALL = WordNet.entries();
  }
}
