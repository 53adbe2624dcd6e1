package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentStreamTest {
  private static final Configuration CONF = new Configuration();

  @TempDir private Path folder;

  private static DocumentSet list(Path path) {
    return DocumentSet.list(
        new DocumentSource(List.of(path.toString()), DocumentFormat.AUTO), CONF);
  }

  private record Read(List<String> texts, DocumentCounts counts) {}

  private static Read read(DocumentSet documents, long sliceBytes) throws IOException {
    List<String> texts = new ArrayList<>();
    DocumentCounts counts = DocumentCounts.NONE;
    for (DocumentPartition part : documents.cut(sliceBytes)) {
      try (DocumentStream stream = part.open(CONF)) {
        stream.forEachRemaining(document -> texts.add(document.content()));
        counts = counts.plus(stream.counts());
      }
    }
    return new Read(texts, counts);
  }

  @Test
  void everySliceLengthGivesEachLineOnce() throws IOException {
    List<String> texts = List.of("one", "two\nlines", "drei – ünï", "\"4\"", "五", "6");
    Path file = SampleDocuments.jsonLines(folder.resolve("a.jsonl"), texts);
    String crlf = Files.readString(file).replace("\n", "\r\n");
    Path windows = Files.writeString(folder.resolve("b.jsonl"), crlf);
    for (Path each : List.of(file, windows)) {
      for (int bytes = 1; bytes <= Files.size(each) + 1; bytes++) {
        Read read = read(list(each), bytes);
        assertThat(read.texts()).as("slices of %d bytes", bytes).hasSameElementsAs(texts);
        assertThat(read.counts()).isEqualTo(DocumentCounts.of(texts.size(), Map.of()));
      }
    }
  }

  @Test
  void everyFormGivesTheSameTexts() throws IOException {
    List<String> texts = SampleDocuments.texts(3000);
    for (String name : List.of("a.jsonl", "b.jsonl.gz", "c.json.zst")) {
      Path file = SampleDocuments.jsonLines(folder.resolve(name), texts);
      assertThat(read(list(file), 1 << 30).texts()).as(name).isEqualTo(texts);
    }
    Path parquet = SampleDocuments.parquet(folder.resolve("d.parquet"), 3000);
    assertThat(read(list(parquet), 1 << 30).texts()).isEqualTo(texts);
    assertThat(read(list(parquet), 10_000).texts()).hasSameElementsAs(texts).hasSize(texts.size());
  }

  @Test
  void membersOfAGzipFileAreReadToTheEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      try (GZIPOutputStream member = new GZIPOutputStream(bytes)) {
        member.write(("{\"content\":\"member " + i + "\"}\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    Path file = Files.write(folder.resolve("a.jsonl.gz"), bytes.toByteArray());
    assertThat(read(list(file), 1).texts()).containsExactly("member 0", "member 1", "member 2");
  }

  @Test
  void badRecordsAreCountedByReason() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.jsonl"),
            """
            {"content":"good"}
            {"content":null}
            {"url":"no content"}
            {"content":["not","text"]}
            {"content":""}
            {"content":" \\n\\t"}

            {"content":"cut
            {"content":"two"} {"content":"objects"}
            [1]
            {"content":"lone \\ud800 surrogate"}
            {"content":"pair \\ud83d\\ude00"}
            """);
    Read read = read(list(file), 1 << 20);
    assertThat(read.texts()).containsExactly("good", "pair 😀");
    assertThat(read.counts())
        .isEqualTo(
            DocumentCounts.of(
                12,
                Map.of(
                    SkipReason.NO_CONTENT, 2L,
                    SkipReason.CONTENT_NOT_TEXT, 1L,
                    SkipReason.EMPTY_CONTENT, 2L,
                    SkipReason.BLANK_LINE, 1L,
                    SkipReason.BROKEN_JSON, 3L,
                    SkipReason.BROKEN_UNICODE, 1L)));
    assertThat(read.counts().kept()).isEqualTo(2);
  }

  @Test
  void bytesThatAreNotUtf8AreCounted() throws IOException {
    byte[] line = "{\"content\":\"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("a.jsonl"), line);
    assertThat(read(list(file), 1 << 20).counts().skipped())
        .isEqualTo(Map.of(SkipReason.BROKEN_JSON, 1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.jsonl.zst"})
  void aCutFileIsAnErrorThatNamesIt(String name) throws IOException {
    Path file = SampleDocuments.jsonLines(folder.resolve(name), SampleDocuments.texts(2000));
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    DocumentSet documents = list(file);
    assertThatThrownBy(() -> read(documents, 1 << 20))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("replace the file or exclude it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.jsonl.zst", "a.parquet"})
  void aFileOfOtherBytesIsAnErrorThatNamesIt(String name) throws IOException {
    Path file =
        Files.writeString(folder.resolve(name), "this is not what the name says ".repeat(9));
    DocumentSet documents = list(file);
    assertThatThrownBy(() -> read(documents, 1 << 20))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void aDamagedParquetPageIsAnErrorThatNamesTheFile() throws IOException {
    Path file = SampleDocuments.parquet(folder.resolve("a.parquet"), 5000);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 1000; i < 1100; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);
    DocumentSet documents = list(file);
    assertThatThrownBy(() -> read(documents, 1 << 20))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("a.parquet");
  }
}
