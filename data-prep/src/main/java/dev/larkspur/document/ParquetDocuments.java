package dev.larkspur.document;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.InputFile;

/**
 * Documents in columns of a Parquet file, read without Spark's reader: its settings may tell it to
 * skip damaged files in silence.
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
   * Looks into a file without reading its documents.
   *
   * @return why it cannot be read, if it is whole
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
      // Reading it says where, and the limits say whether it is tolerated.
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
      // Behind the last value there is no page to read.
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
  public boolean passDamage() {
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
}
