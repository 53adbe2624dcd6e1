package dev.larkspur.document;

import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.brotli.dec.BrotliInputStream;
import scala.Tuple2;

/**
 * Reads documents from columns of a Parquet file, without Spark's reader, whose settings may make
 * it skip damaged files silently.
 */
final class ParquetDocuments implements DocumentReader {
  private final String name;
  private final InputFile input;
  private final DocumentMemory memory;
  private final ParquetFileReader file;
  private final ParquetColumns columns;
  private final ParquetCodecs codecs;
  private ParquetPages contentPages;
  private ParquetPages urlPages;
  private ColumnReader contents;
  private ColumnReader urls;
  private int group;
  private long left;
  private long row;

  ParquetDocuments(DocumentSlice slice, Configuration conf, DocumentMemory memory)
      throws IOException {
    this.name = slice.file();
    this.memory = memory;
    input = SourceFile.parquet(slice.file(), conf);
    file =
        ParquetFileReader.open(
            input, HadoopReadOptions.builder(conf).withRange(slice.start(), slice.end()).build());
    codecs = new ParquetCodecs(conf);
    try {
      columns = ParquetColumns.of(file.getFooter(), slice.fields(), name);
    } catch (RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  /**
   * Checks a file without reading its documents.
   *
   * @return why an intact file cannot be read; empty if it can, or is damaged
   */
  static Optional<String> problem(String name, DocumentFields fields, Configuration conf) {
    ParquetCodecs codecs = new ParquetCodecs(conf);
    try (ParquetFileReader file = ParquetFileReader.open(SourceFile.parquet(name, conf))) {
      ParquetColumns columns = ParquetColumns.of(file.getFooter(), fields, name);
      TreeSet<CompressionCodecName> used = new TreeSet<>();
      for (BlockMetaData block : file.getFooter().getBlocks()) {
        for (ColumnDescriptor column : columns.schema().getColumns()) {
          ParquetColumns.chunk(block, column.getPath()[0])
              .map(ColumnChunkMetaData::getCodec)
              .ifPresent(used::add);
        }
      }
      used.forEach(codec -> codecs.of(codec, name));
      return Optional.empty();
    } catch (DocumentException problem) {
      return Optional.of(problem.getMessage());
    } catch (IOException | RuntimeException damaged) {
      // Reading reports the place of the damage, and the limits decide whether it is tolerated.
      return Optional.empty();
    } finally {
      codecs.release();
    }
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    while (true) {
      while (left == 0) {
        if (group == file.getRowGroups().size()) {
          return null;
        }
        open(group++);
      }
      Document document = document(tally);
      left--;
      row++;
      // There is no page after the last value.
      if (contents != null && left > 0) {
        contents.consume();
      }
      if (urls != null && left > 0) {
        urls.consume();
      }
      if (document != null) {
        return document;
      }
    }
  }

  private void open(int index) throws IOException {
    closePages();
    BlockMetaData block = file.getRowGroups().get(index);
    row = block.getRowIndexOffset();
    left = block.getRowCount();
    if (left == 0) {
      return;
    }
    contentPages = pages(block, columns.content());
    urlPages = pages(block, columns.url());
    ColumnReadStoreImpl readers =
        new ColumnReadStoreImpl(
            new Pages(block.getRowCount()),
            new NoRecords(),
            columns.schema(),
            file.getFileMetaData().getCreatedBy());
    contents = contentPages == null ? null : readers.getColumnReader(columns.content());
    urls = urlPages == null ? null : readers.getColumnReader(columns.url());
  }

  private ParquetPages pages(BlockMetaData block, ColumnDescriptor column) throws IOException {
    if (column == null) {
      return null;
    }
    ColumnChunkMetaData chunk =
        ParquetColumns.chunk(block, column.getPath()[0])
            .orElseThrow(() -> new IOException("a row group lacks a column"));
    return new ParquetPages(
        input, chunk, column, codecs.of(chunk.getCodec(), name), memory.pageBytes());
  }

  private Document document(DocumentTally tally) {
    if (contentPages != null && contentPages.tooLong()) {
      tally.reject(row, SkipReason.TOO_LONG, url());
      return null;
    }
    if (contents == null || isNull(contents)) {
      tally.rejectEmpty(row, SkipReason.NO_CONTENT, url());
      return null;
    }
    ByteBuffer bytes = contents.getBinary().toByteBuffer();
    if (bytes.remaining() > memory.documentBytes()) {
      tally.reject(row, SkipReason.TOO_LONG, excerpt(bytes));
      return null;
    }
    try {
      return tally.accept(row, url(), Utf8.strict(bytes));
    } catch (CharacterCodingException broken) {
      tally.reject(row, SkipReason.BROKEN_UNICODE, excerpt(bytes));
      return null;
    }
  }

  private static String excerpt(ByteBuffer bytes) {
    byte[] beginning = new byte[Math.min(bytes.remaining(), 3 * RejectedRecord.EXCERPT)];
    bytes.get(beginning);
    return Utf8.excerpt(beginning, beginning.length);
  }

  private String url() {
    return urls == null || urlPages.tooLong() || isNull(urls)
        ? ""
        : urls.getBinary().toStringUsingUTF8();
  }

  private static boolean isNull(ColumnReader column) {
    return column.getCurrentDefinitionLevel() < column.getDescriptor().getMaxDefinitionLevel();
  }

  @Override
  public long position() {
    return row;
  }

  @Override
  public boolean skipDamage() {
    left = 0;
    return true;
  }

  private void closePages() throws IOException {
    if (contentPages != null) {
      contentPages.close();
      contentPages = null;
    }
    if (urlPages != null) {
      urlPages.close();
      urlPages = null;
    }
  }

  @Override
  public void close() throws IOException {
    closePages();
    codecs.release();
    file.close();
  }

  private final class Pages implements PageReadStore {
    private final long rows;

    Pages(long rows) {
      this.rows = rows;
    }

    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      return column.equals(columns.content()) ? contentPages : urlPages;
    }

    @Override
    public long getRowCount() {
      return rows;
    }
  }

  /**
   * Parquet's column reader requires record converters, which reading single columns does not need.
   */
  private static final class NoRecords extends GroupConverter {
    @Override
    public Converter getConverter(int field) {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  /** Checks all Parquet files before any is read, so that a missing column is detected early. */
  static final class ParquetCheck {
    private ParquetCheck() {}

    /**
     * Checks columns and compression.
     *
     * @param files with the fields to read
     * @throws DocumentException naming the first file that cannot be read
     */
    static void run(JavaSparkContext context, List<Tuple2<String, DocumentFields>> files) {
      if (files.isEmpty()) {
        return;
      }
      Broadcast<SerializableConfiguration> conf =
          context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
      context.setJobDescription("checking columns of Parquet files");
      List<String> problems =
          context
              .parallelize(files, Math.min(files.size(), 2 * context.defaultParallelism()))
              .mapPartitions(names -> List.of(problems(names, conf.value().value())).iterator())
              .collect()
              .stream()
              .flatMap(List::stream)
              .toList();
      conf.destroy();
      if (!problems.isEmpty()) {
        int others = problems.size() - 1;
        throw new DocumentException(
            problems.get(0) + (others == 0 ? "" : " " + others + " more files are like it."));
      }
    }

    private static List<String> problems(
        Iterator<Tuple2<String, DocumentFields>> files, Configuration conf) {
      List<String> problems = new ArrayList<>();
      while (files.hasNext()) {
        Tuple2<String, DocumentFields> file = files.next();
        Optional<String> problem = ParquetDocuments.problem(file._1(), file._2(), conf);
        problem.ifPresent(problems::add);
      }
      return problems;
    }
  }

  /** The codecs of Parquet's library, and Brotli, which it does not implement. */
  private static final class ParquetCodecs {
    private final CodecFactory codecs;

    ParquetCodecs(Configuration conf) {
      codecs = new CodecFactory(conf, 0);
    }

    /**
     * Decompresses pages of one codec.
     *
     * @throws DocumentException if the codec is not available
     */
    BytesInputDecompressor of(CompressionCodecName codec, String file) {
      if (codec == CompressionCodecName.BROTLI) {
        return new Brotli();
      }
      try {
        return codecs.getDecompressor(codec);
      } catch (RuntimeException | LinkageError missing) {
        throw new DocumentException(
            file
                + " is compressed with "
                + codec
                + ", which Larkspur does not support: rewrite it, with ZSTD for example, or exclude the"
                + " file.");
      }
    }

    void release() {
      codecs.release();
    }

    private static final class Brotli implements BytesInputDecompressor {
      @Override
      public BytesInput decompress(BytesInput bytes, int size) throws IOException {
        try (InputStream in =
            new BrotliInputStream(new ByteArrayInputStream(bytes.toInputStream().readAllBytes()))) {
          byte[] plain = in.readNBytes(size);
          if (plain.length < size) {
            throw new IOException("the Brotli data of a page are truncated");
          }
          return BytesInput.from(plain);
        }
      }

      @Override
      public void decompress(ByteBuffer from, int stored, ByteBuffer to, int size)
          throws IOException {
        byte[] bytes = new byte[stored];
        from.get(bytes);
        to.put(decompress(BytesInput.from(bytes), size).toInputStream().readAllBytes());
      }

      @Override
      public void release() {}
    }
  }
}
