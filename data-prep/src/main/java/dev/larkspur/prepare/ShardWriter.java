package dev.larkspur.prepare;

import com.github.luben.zstd.Zstd;
import dev.larkspur.corpus.ShardFile.ShardSchema;
import dev.larkspur.corpus.SplitManifest.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;

/**
 * Writes a shard. Determines pages and row groups itself, so that the bytes depend only on the
 * rows, not on memory, settings or estimates.
 */
public final class ShardWriter {
  private static final int ROW_GROUP_BYTES = 4 << 20;
  static final int PAGE_BYTES = 1 << 20;
  private static final int ZSTD_LEVEL = 3;
  private static final int INDEX_TRUNCATION = 64;
  private static final CompressionCodecName CODEC = CompressionCodecName.ZSTD;

  private final HashingOutput output;
  private final ParquetFileWriter file;
  private final ColumnDescriptor blockColumn;
  private final ColumnDescriptor tokenColumn;
  private final int blockBytes;
  private final int groupRows;
  private final long[] origins;
  private final byte[] tokens;
  private final List<Integer> rowGroups = new ArrayList<>();
  private int rows;
  private long total;

  // The constructor is the one that both Parquet 1.13 and 1.16 have.
  @SuppressWarnings("deprecation")
  public ShardWriter(HashingOutput output, int blockBytes) throws IOException {
    MessageType schema = ShardSchema.of(blockBytes);
    this.output = output;
    this.blockColumn = ShardSchema.column(schema, ShardSchema.BLOCK);
    this.tokenColumn = ShardSchema.column(schema, ShardSchema.TOKENS);
    this.blockBytes = blockBytes;
    this.groupRows = Math.max(1, ROW_GROUP_BYTES / blockBytes);
    this.origins = new long[groupRows];
    this.tokens = new byte[groupRows * blockBytes];
    this.file =
        new ParquetFileWriter(
            output,
            schema,
            ParquetFileWriter.Mode.OVERWRITE,
            ROW_GROUP_BYTES,
            0,
            INDEX_TRUNCATION,
            Integer.MAX_VALUE,
            true);
    file.start();
  }

  /** Adds a row: the bytes of a block and its origin. */
  public void append(long origin, byte[] block) throws IOException {
    origins[rows] = origin;
    System.arraycopy(block, 0, tokens, rows * blockBytes, blockBytes);
    if (++rows == groupRows) {
      writeRowGroup();
    }
  }

  private void writeRowGroup() throws IOException {
    file.startBlock(rows);
    file.startColumn(blockColumn, rows, CODEC);
    writeOrigins();
    file.endColumn();
    file.startColumn(tokenColumn, rows, CODEC);
    int pageRows = Math.max(1, PAGE_BYTES / blockBytes);
    for (int row = 0; row < rows; row += pageRows) {
      int count = Math.min(pageRows, rows - row);
      byte[] page = Arrays.copyOfRange(tokens, row * blockBytes, (row + count) * blockBytes);
      // Minimum and maximum of blocks have no meaning, so statistics stay empty.
      writePage(page, count, Statistics.createStats(tokenColumn.getPrimitiveType()));
    }
    file.endColumn();
    file.endBlock();
    rowGroups.add(rows);
    total += rows;
    rows = 0;
  }

  private void writeOrigins() throws IOException {
    Statistics<?> statistics = Statistics.createStats(blockColumn.getPrimitiveType());
    ByteBuffer page = ByteBuffer.allocate(rows * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      page.putLong(origins[row]);
      statistics.updateStats(origins[row]);
    }
    writePage(page.array(), rows, statistics);
  }

  private void writePage(byte[] page, int values, Statistics<?> statistics) throws IOException {
    file.writeDataPage(
        values,
        page.length,
        BytesInput.from(compress(page)),
        statistics,
        values,
        Encoding.RLE,
        Encoding.RLE,
        Encoding.PLAIN);
  }

  public static byte[] compress(byte[] page) {
    return Zstd.compress(page, ZSTD_LEVEL);
  }

  /** Finishes the file. */
  public Shard close(String name) throws IOException {
    if (rows > 0) {
      writeRowGroup();
    }
    output.endFollows();
    file.end(Map.of());
    return new Shard(name, output.length(), output.sha256(), total, rowGroups);
  }
}
