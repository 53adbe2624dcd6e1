package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
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
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcWriter;
import org.netpreserve.jwarc.Warcinfo;

/** Plain text, WARC, names of fields, and damage that is tolerated. */
class FormatsTest {
  private static final Configuration CONF = new Configuration();
  private static final RejectionLimits DAMAGE_TOLERATED = new RejectionLimits(10, 10);

  @TempDir private Path folder;

  private record Read(List<Document> documents, DocumentReport report) {
    List<String> texts() {
      return documents.stream().map(Document::content).toList();
    }

    List<String> urls() {
      return documents.stream().map(Document::url).toList();
    }
  }

  private static Read read(Path file, DocumentFields fields, RejectionLimits limits, long slice)
      throws IOException {
    DocumentSource source =
        new DocumentSource(List.of(file.toString()), DocumentFormat.AUTO, fields, limits);
    List<Document> documents = new ArrayList<>();
    DocumentReport report = DocumentReport.NONE;
    for (DocumentPartition part : DocumentSet.list(source, CONF).cut(slice)) {
      try (DocumentStream stream = part.open(CONF)) {
        stream.forEachRemaining(documents::add);
        report = report.plus(new DocumentReport(stream.counts(), stream.rejected()));
      }
    }
    return new Read(documents, report);
  }

  private static Read read(Path file) throws IOException {
    return read(file, DocumentFields.REFINED_WEB, RejectionLimits.USUAL, 1 << 20);
  }

  @Test
  void aTextFileIsOneDocument() throws IOException {
    String text = "First line – ünï.\n\nThird line.\n";
    Files.writeString(folder.resolve("a.txt"), text);
    try (GZIPOutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("b.txt.gz")))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    try (ZstdOutputStream out =
        new ZstdOutputStream(Files.newOutputStream(folder.resolve("c.txt.zst")))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("d.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    Read read = read(folder, DocumentFields.REFINED_WEB, RejectionLimits.USUAL, 4);

    assertThat(read.texts()).containsExactly(text, text, text);
    assertThat(read.urls()).allMatch(url -> url.startsWith("file:"));
    assertThat(read.report().counts())
        .isEqualTo(DocumentCounts.of(4, Map.of(SkipReason.BROKEN_UNICODE, 1L)));
    assertThat(read.report().rejected())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.file()).endsWith("/d.txt");
              assertThat(record.excerpt()).isEqualTo("caf\ufffd");
            });
  }

  @Test
  void fieldsHaveTheNamesThatAreSet() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.jsonl"),
            """
            {"id":"one","text":"first","content":"not this"}
            {"text":"second","id":7}
            {"content":"no text"}
            """);
    DocumentFields fields = new DocumentFields("text", "id");

    Read read = read(file, fields, RejectionLimits.USUAL, 1 << 20);

    assertThat(read.texts()).containsExactly("first", "second");
    assertThat(read.urls()).containsExactly("one", "");
    assertThat(read.report().rejected())
        .containsExactly(
            new RejectedRecord(
                "file:" + file, 74, SkipReason.NO_CONTENT, "{\"content\":\"no text\"}"));
    Path parquet = SampleDocuments.parquet(folder.resolve("b.parquet"), 50);
    Read titles =
        read(parquet, new DocumentFields("url", "content"), RejectionLimits.USUAL, 1 << 20);
    assertThat(titles.texts()).hasSize(50).allMatch(text -> text.startsWith("wordnet:3.1/"));
    assertThat(titles.urls()).isEqualTo(read(parquet).texts());
    assertThatThrownBy(() -> read(parquet, fields, RejectionLimits.USUAL, 1 << 20))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("no column 'text'")
        .hasMessageContaining("data.fields.content");
  }

  @Test
  void placesDoNotDependOnSlices() throws IOException {
    Path lines = SampleDocuments.jsonLines(folder.resolve("a.jsonl"), SampleDocuments.texts(200));
    Path parquet = SampleDocuments.parquet(folder.resolve("b.parquet"), 20_000);
    for (Path file : List.of(lines, parquet)) {
      Read whole = read(file);
      Read cut = read(file, DocumentFields.REFINED_WEB, RejectionLimits.USUAL, 5000);
      assertThat(whole.documents()).doesNotHaveDuplicates();
      assertThat(cut.documents()).containsExactlyInAnyOrderElementsOf(whole.documents());
    }
    assertThat(read(parquet).documents().get(19_999).place().position()).isEqualTo(19_999);
  }

  @Test
  void tooManyBadRecordsAreAnErrorWithAnExample() throws IOException {
    Path file =
        Files.writeString(folder.resolve("a.jsonl"), "{}\n\n\n[]\n{\"content\":\"good\"}\n");
    RejectionLimits two = new RejectionLimits(2, 0);
    assertThat(read(file, DocumentFields.REFINED_WEB, two, 1 << 20).texts()).hasSize(1);
    assertThatThrownBy(
            () -> read(file, DocumentFields.REFINED_WEB, new RejectionLimits(1, 0), 1 << 20))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("BROKEN_JSON=1, NO_CONTENT=1")
        .hasMessageContaining("position 5 of file:" + file)
        .hasMessageContaining("data.rejected");
  }

  @Test
  void theBeginningOfATruncatedFileIsKeptIfDamageIsTolerated() throws IOException {
    List<String> texts = SampleDocuments.texts(2000);
    for (String name : List.of("a.jsonl.gz", "b.jsonl.zst")) {
      Path file = SampleDocuments.jsonLines(folder.resolve(name), texts);
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      Read read = read(file, DocumentFields.REFINED_WEB, DAMAGE_TOLERATED, 1 << 20);
      assertThat(read.texts()).as(name).hasSizeBetween(500, 1500);
      assertThat(texts).startsWith(read.texts().toArray(String[]::new));
      assertThat(read.report().counts().skipped()).isEqualTo(Map.of(SkipReason.DAMAGED, 1L));
    }
  }

  @Test
  void ofADamagedParquetFileOneRowGroupIsLostWhateverTheSlices() throws IOException {
    Path file = SampleDocuments.parquet(folder.resolve("a.parquet"), 50_000);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length / 2; i < bytes.length / 2 + 100; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);
    Read whole = read(file, DocumentFields.REFINED_WEB, DAMAGE_TOLERATED, 1 << 30);
    Read cut = read(file, DocumentFields.REFINED_WEB, DAMAGE_TOLERATED, 20_000);
    assertThat(whole.report().counts().skipped()).isEqualTo(Map.of(SkipReason.DAMAGED, 1L));
    assertThat(whole.documents()).hasSizeBetween(20_000, 49_999);
    assertThat(cut.documents()).containsExactlyInAnyOrderElementsOf(whole.documents());
    assertThat(cut.report()).isEqualTo(whole.report());
  }

  @Test
  void aParquetFileWithoutItsEndIsCountedOnce() throws IOException {
    Path file = SampleDocuments.parquet(folder.resolve("a.parquet"), 5000);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));
    Read read = read(file, DocumentFields.REFINED_WEB, DAMAGE_TOLERATED, 10_000);
    assertThat(read.documents()).isEmpty();
    assertThat(read.report().counts().skipped()).isEqualTo(Map.of(SkipReason.DAMAGED, 1L));
  }

  private static byte[] warc(WarcCompression compression) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (WarcWriter writer = new WarcWriter(Channels.newChannel(bytes), compression)) {
      writer.write(new Warcinfo.Builder().fields(Map.of("software", List.of("test"))).build());
      for (int i = 0; i < 3; i++) {
        writer.write(
            new WarcConversion.Builder()
                .setHeader("WARC-Target-URI", "https://example.org/" + i)
                .body(
                    MediaType.PLAIN_TEXT,
                    ("Text of page " + i + " – ünï.\n").getBytes(StandardCharsets.UTF_8))
                .build());
      }
      writer.write(
          response(
              "text/html; charset=ISO-8859-1",
              "<html><head><title>no</title></head><body><nav>Home</nav><p>Caf\u00e9 <b>one</b></p>"
                  + "<ul><li>two<li>three</ul><script>no()</script></body></html>"));
      writer.write(response("image/png", "\u0089PNG"));
      writer.write(response("text/plain", "plain answer"));
    }
    return bytes.toByteArray();
  }

  private static WarcResponse response(String type, String body) throws IOException {
    return new WarcResponse.Builder(URI.create("https://example.org/" + type.substring(0, 9)))
        .body(
            new HttpResponse.Builder(200, "OK")
                .body(MediaType.parse(type), body.getBytes(StandardCharsets.ISO_8859_1))
                .build())
        .build();
  }

  @Test
  void recordsOfWarcFilesAreDocuments() throws IOException {
    List<String> texts =
        List.of(
            "Text of page 0 – ünï.\n",
            "Text of page 1 – ünï.\n",
            "Text of page 2 – ünï.\n",
            "Café one\ntwo\nthree",
            "plain answer");
    byte[] plain = warc(WarcCompression.NONE);
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(zstd)) {
      out.write(plain);
    }
    Map<String, byte[]> files =
        Map.of(
            "a.warc", plain,
            "b.warc.wet.gz", warc(WarcCompression.GZIP),
            "c.warc.zst", zstd.toByteArray());
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Read read = read(Files.write(folder.resolve(entry.getKey()), entry.getValue()));
      assertThat(read.texts()).as(entry.getKey()).isEqualTo(texts);
      assertThat(read.urls()).startsWith("https://example.org/0", "https://example.org/1");
      assertThat(read.report().counts())
          .isEqualTo(DocumentCounts.of(6, Map.of(SkipReason.NOT_TEXT, 1L)));
    }
  }

  @Test
  void aCutWarcFileIsDamagedNotShort() throws IOException {
    byte[] plain = warc(WarcCompression.NONE);
    String text = new String(plain, StandardCharsets.ISO_8859_1);
    Map<String, Integer> documentsBefore = Map.of("page 1", 1, "<li>two", 3, "n answer", 4);
    for (Map.Entry<String, Integer> cut : documentsBefore.entrySet()) {
      byte[] part = Arrays.copyOf(plain, text.indexOf(cut.getKey()));
      Path file = Files.write(folder.resolve("a.warc"), part);
      Read read = read(file, DocumentFields.REFINED_WEB, DAMAGE_TOLERATED, 1 << 20);
      assertThat(read.texts()).as("cut at %s", cut).hasSize(cut.getValue());
      assertThat(read.report().rejected())
          .singleElement()
          .extracting(RejectedRecord::reason)
          .isEqualTo(SkipReason.DAMAGED);
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(DocumentException.class)
          .hasMessageContaining("a.warc");
    }
  }
}
