package dev.larkspur.corpus;

import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.storage.StoredStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** An open shard. Decodes row groups by copying pages, without assembling records. */
public final class ShardFile implements Closeable {
  private final ParquetFileReader file;
  private final ColumnDescriptor column;
  private final int blockBytes;

  ShardFile(ShardInput input, Shard shard, int blockBytes) throws IOException {
    this.blockBytes = blockBytes;
    this.file =
        ParquetFileReader.open(
            input,
            // Parquet's own builder would read Hadoop's default settings again for every file.
            HadoopReadOptions.builder(input.files().getConf())
                .usePageChecksumVerification()
                .build());
    try {
      MessageType schema = ShardSchema.of(blockBytes);
      if (!file.getFileMetaData().getSchema().equals(schema)) {
        throw new IOException("its columns are not those of a shard");
      }
      if (!file.getRowGroups().stream()
          .map(BlockMetaData::getRowCount)
          .map(Math::toIntExact)
          .toList()
          .equals(shard.rowGroups())) {
        throw new IOException("its row groups are not those of the manifest");
      }
      column = ShardSchema.column(schema, ShardSchema.TOKENS);
      file.setRequestedSchema(
          new MessageType(schema.getName(), schema.getType(ShardSchema.TOKENS)));
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  /** The blocks of a row group, one after another. */
  byte[] read(int rowGroup, int rows) throws IOException {
    byte[] tokens = new byte[rows * blockBytes];
    PageReadStore group = file.readRowGroup(rowGroup);
    PageReader pages = group.getPageReader(column);
    int filled = 0;
    for (DataPage page = pages.readPage(); page != null; page = pages.readPage()) {
      if (!(page instanceof DataPageV1 plain) || plain.getValueEncoding() != Encoding.PLAIN) {
        throw new IOException("its pages are not those of a shard");
      }
      int bytes = page.getValueCount() * blockBytes;
      if (bytes != plain.getBytes().size() || bytes > tokens.length - filled) {
        throw new IOException("a page has another length than its rows");
      }
      try (InputStream in = plain.getBytes().toInputStream()) {
        filled += in.readNBytes(tokens, filled, bytes);
      }
    }
    if (filled != tokens.length) {
      throw new IOException("a row group ends before its last row");
    }
    return tokens;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * A shard as Parquet's input file, with the length from the manifest.
   *
   * @param length checked against the file when the corpus was opened
   */
  record ShardInput(FileSystem files, Path path, long length) implements InputFile {
    @Override
    public long getLength() {
      return length;
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
      return new StoredStream(StoredStream.reading(() -> HadoopStreams.wrap(files.open(path))));
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * The columns of a shard: {@code block}, the origin of the block (bucket x 2^40 + index), and
   * {@code tokens}, its context + 1 ids.
   */
  public static final class ShardSchema {
    public static final String BLOCK = "block";
    public static final String TOKENS = "tokens";

    private ShardSchema() {}

    public static MessageType of(int blockBytes) {
      return Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named(BLOCK)
          .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
          .length(blockBytes)
          .named(TOKENS)
          .named("blocks");
    }

    public static ColumnDescriptor column(MessageType schema, String name) {
      return schema.getColumnDescription(new String[] {name});
    }
  }
}
