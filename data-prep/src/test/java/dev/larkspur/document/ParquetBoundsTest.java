package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.document.DocumentSource.DocumentFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parquet of other writers: codecs, columns, and values that no memory holds. */
class ParquetBoundsTest {
  private static final Configuration CONF = new Configuration();
  private static final MessageType TEXT =
      MessageTypeParser.parseMessageType(
          "message m { required binary content (UTF8); optional binary url (UTF8); }");

  @TempDir private Path folder;

  /** Rows of content and address; a null is absent. */
  private Path write(
      MessageType schema,
      CompressionCodecName codec,
      WriterVersion version,
      int pageBytes,
      List<String[]> rows)
      throws IOException {
    Path file = folder.resolve("a.parquet");
    Files.deleteIfExists(file);
    Files.deleteIfExists(folder.resolve(".a.parquet.crc"));
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .withConf(CONF)
            .withCompressionCodec(codec)
            .withWriterVersion(version)
            .withDictionaryEncoding(version == WriterVersion.PARQUET_2_0)
            .withDictionaryPageSize(1 << 30)
            .withPageSize(pageBytes)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(1)
            .build()) {
      for (String[] row : rows) {
        SimpleGroup group = new SimpleGroup(schema);
        for (int i = 0; i < row.length; i++) {
          if (row[i] != null) {
            group.add(i, row[i]);
          }
        }
        writer.write(group);
      }
    }
    return file;
  }

  private static List<String[]> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new String[] {"text " + i, i % 3 == 0 ? null : "https://x.example/" + i})
        .toList();
  }

  @Test
  void everyCodecThatIsThereAndBothVersionsOfPagesGiveTheSame() throws IOException {
    List<String> texts = rows(500).stream().map(row -> row[0]).toList();
    for (CompressionCodecName codec :
        List.of(
            CompressionCodecName.UNCOMPRESSED,
            CompressionCodecName.GZIP,
            CompressionCodecName.SNAPPY,
            CompressionCodecName.ZSTD,
            CompressionCodecName.LZ4_RAW)) {
      for (WriterVersion version : WriterVersion.values()) {
        Path file = write(TEXT, codec, version, 1000, rows(500));
        ReadDocuments read = ReadDocuments.of(file);
        assertThat(read.texts()).as(codec + " " + version).isEqualTo(texts);
        assertThat(read.documents().get(4).url()).isEqualTo("https://x.example/4");
        assertThat(read.documents().get(3).url()).isEmpty();
        assertThat(ParquetDocuments.problem(file.toString(), DocumentFields.REFINED_WEB, CONF))
            .isEmpty();
      }
    }
  }

  @Test
  void ofDocumentsAboveTheBoundThePositionIsKnown() throws IOException {
    List<String[]> rows = new ArrayList<>(rows(20));
    rows.set(7, new String[] {"long ".repeat(300), "https://x.example/long"});
    for (WriterVersion version : WriterVersion.values()) {
      Path file = write(TEXT, CompressionCodecName.ZSTD, version, 100, rows);
      ReadDocuments read = ReadDocuments.bounded(file, 1000);
      assertThat(read.texts()).hasSize(19).doesNotContain("text 7").contains("text 8");
      assertThat(read.rejectedPositions()).containsExactly(7L);
      assertThat(read.reasons()).containsExactly(SkipReason.TOO_LONG);
    }
  }

  @Test
  void aPageThatNoMemoryHoldsIsNotUnpacked() throws IOException {
    List<String[]> rows = new ArrayList<>(rows(20));
    String huge = "a".repeat((int) (Runtime.getRuntime().maxMemory() / 9));
    rows.set(7, new String[] {huge, "https://x.example/long"});
    for (WriterVersion version : WriterVersion.values()) {
      Path file = write(TEXT, CompressionCodecName.ZSTD, version, 100, rows);
      ReadDocuments read = ReadDocuments.of(file);
      List<Long> rejected = read.rejectedPositions();
      assertThat(read.reasons()).containsOnly(SkipReason.TOO_LONG);
      assertThat(rejected).contains(7L);
      assertThat(read.texts()).hasSize(20 - rejected.size());
    }
  }

  @Test
  void brotliIsReadAndAMissingCodecIsNamed() throws IOException {
    Path brotli = rewritten("brotli.parquet", CompressionCodec.BROTLI);
    assertThat(ReadDocuments.of(brotli).texts()).containsExactly("text 0", "text 1", "text 2");
    assertThat(ParquetDocuments.problem(brotli.toString(), DocumentFields.REFINED_WEB, CONF))
        .isEmpty();
    Path lzo = rewritten("lzo.parquet", CompressionCodec.LZO);
    assertThatThrownBy(() -> ReadDocuments.of(lzo))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("lzo.parquet")
        .hasMessageContaining("compressed with LZO, which Larkspur does not support: rewrite it")
        .hasNoCause();
    assertThat(ParquetDocuments.problem(lzo.toString(), DocumentFields.REFINED_WEB, CONF))
        .hasValueSatisfying(problem -> assertThat(problem).contains("LZO"));
  }

  /** One page of three texts, in a format of Brotli that stores bytes as they are. */
  private Path rewritten(String name, CompressionCodec codec) throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType("message m { required binary content (UTF8); }");
    byte[] file =
        Files.readAllBytes(
            write(
                schema,
                CompressionCodecName.UNCOMPRESSED,
                WriterVersion.PARQUET_1_0,
                1 << 20,
                rows(3).stream().map(row -> new String[] {row[0]}).toList()));
    int end = file.length - 8;
    int start = end - ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(file, start, end - start));
    ByteArrayInputStream in = new ByteArrayInputStream(file, 4, start - 4);
    PageHeader page = Util.readPageHeader(in);
    byte[] plain = in.readNBytes(page.getCompressed_page_size());
    int meta = (plain.length - 1) << 4 | 1 << 20;
    byte[] stored =
        WarcFile.joined(
            new byte[] {(byte) meta, (byte) (meta >> 8), (byte) (meta >> 16)},
            plain,
            new byte[] {3});
    page.setCompressed_page_size(stored.length).unsetCrc();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, 4);
    Util.writePageHeader(page, out);
    out.writeBytes(stored);
    ColumnMetaData column = footer.getRow_groups().get(0).getColumns().get(0).getMeta_data();
    column.setCodec(codec).setTotal_compressed_size(out.size() - 4);
    int footerStart = out.size();
    Util.writeFileMetaData(footer, out);
    byte[] length =
        ByteBuffer.allocate(4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(out.size() - footerStart)
            .array();
    out.writeBytes(length);
    out.write(file, end + 4, 4);
    return Files.write(folder.resolve(name), out.toByteArray());
  }

  @Test
  void aColumnOfNullsHasNoContent() throws IOException {
    MessageType numbers =
        MessageTypeParser.parseMessageType(
            "message m { optional int32 content; optional binary url (UTF8); }");
    Path file =
        write(
            numbers,
            CompressionCodecName.SNAPPY,
            WriterVersion.PARQUET_1_0,
            1000,
            List.of(new String[] {null, "https://x.example/"}, new String[] {null}));
    ReadDocuments read = ReadDocuments.of(file, new RejectionLimits(0, 0));
    assertThat(read.texts()).isEmpty();
    assertThat(read.report().counts().skipped()).containsOnlyKeys(SkipReason.NO_CONTENT);
    assertThat(read.report().rejected().get(0).excerpt()).isEqualTo("https://x.example/");
    assertThat(read.report().broken()).isZero();
  }

  @Test
  void theColumnsThatExistAreNamed() throws IOException {
    MessageType other =
        MessageTypeParser.parseMessageType(
            """
            message m { required binary content (DECIMAL(9,2)); required binary text (UTF8);
              optional group nested { optional binary content (UTF8); } repeated binary many (UTF8); }
            """);
    Path file =
        write(
            other,
            CompressionCodecName.SNAPPY,
            WriterVersion.PARQUET_1_0,
            1000,
            List.<String[]>of(new String[] {"1", "x"}));
    Optional<String> problem =
        ParquetDocuments.problem(file.toString(), DocumentFields.REFINED_WEB, CONF);
    assertThat(problem)
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .contains(
                        "a.parquet has no column 'content' of strings; it has content (DECIMAL")
                    .contains("text (STRING), nested (group), many (STRING)")
                    .contains("data.fields.content"));
    assertThat(ParquetDocuments.problem(file.toString(), new DocumentFields("text", "url"), CONF))
        .isEmpty();
  }
}
