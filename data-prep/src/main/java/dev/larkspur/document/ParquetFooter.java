package dev.larkspur.document;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Makes the footer of a Parquet file deterministic. Parquet's writer lists the encodings of a
 * column in the order of a hash set of enum constants, which differs between JVMs.
 */
public final class ParquetFooter {
  /** Length of the footer, little-endian, and the magic bytes. */
  private static final int TRAILER_BYTES = 8;

  private ParquetFooter() {}

  /**
   * Returns the end of a file with the encodings in the order of their numbers.
   *
   * @param tail the last bytes of a file, including the complete footer
   */
  public static byte[] canonical(byte[] tail) throws IOException {
    int end = tail.length - TRAILER_BYTES;
    int start = end - ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(tail, start, end - start));
    for (RowGroup rowGroup : footer.getRow_groups()) {
      for (ColumnChunk column : rowGroup.getColumns()) {
        List<Encoding> encodings = new ArrayList<>(column.getMeta_data().getEncodings());
        encodings.sort(Comparator.comparing(Encoding::getValue));
        column.getMeta_data().setEncodings(encodings);
      }
    }
    ByteArrayOutputStream result = new ByteArrayOutputStream(tail.length);
    result.write(tail, 0, start);
    Util.writeFileMetaData(footer, result);
    int length = result.size() - start;
    result.write(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
    result.write(tail, end + Integer.BYTES, TRAILER_BYTES - Integer.BYTES);
    return result.toByteArray();
  }
}
