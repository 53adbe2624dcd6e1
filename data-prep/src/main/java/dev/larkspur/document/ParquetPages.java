package dev.larkspur.document;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Reads the pages of one flat column of a row group, one at a time: Parquet's own reader holds the
 * complete chunk, and pages of any length. A page above the bound is replaced by a page of as many
 * empty values, and {@link #tooLong} returns true.
 */
final class ParquetPages implements PageReader, Closeable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int BYTES_PER_VALUE = 8;

  private final InputStream in;
  private final ColumnDescriptor column;
  private final BytesInputDecompressor decompressor;
  private final long most;
  private final long values;
  private PageHeader first;
  private long read;
  private boolean dictionaryTooLong;
  private boolean tooLong;

  /**
   * @param most bytes of a page, as stored and uncompressed
   */
  ParquetPages(
      InputFile file,
      ColumnChunkMetaData chunk,
      ColumnDescriptor column,
      BytesInputDecompressor decompressor,
      long most)
      throws IOException {
    this.column = column;
    this.decompressor = decompressor;
    this.most = Math.min(Integer.MAX_VALUE - 8, most);
    this.values = chunk.getValueCount();
    SeekableInputStream stream = file.newStream();
    stream.seek(chunk.getStartingPos());
    this.in = new BufferedInputStream(stream, BUFFER_BYTES);
  }

  /** Whether the last page read is above the bound. */
  boolean tooLong() {
    return tooLong;
  }

  @Override
  public long getTotalValueCount() {
    return values;
  }

  @Override
  public DictionaryPage readDictionaryPage() {
    try {
      first = Util.readPageHeader(in);
      if (first.getType() != PageType.DICTIONARY_PAGE) {
        return null;
      }
      PageHeader header = first;
      first = null;
      int entries = header.getDictionary_page_header().getNum_values();
      if (tooLong(header, entries)) {
        in.skipNBytes(header.getCompressed_page_size());
        dictionaryTooLong = true;
        return null;
      }
      byte[] stored = stored(header);
      return new DictionaryPage(
          BytesInput.from(decompressed(stored, 0, header.getUncompressed_page_size())),
          entries,
          encoding(header.getDictionary_page_header().getEncoding()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public DataPage readPage() {
    try {
      while (read < values) {
        PageHeader header = first == null ? Util.readPageHeader(in) : first;
        first = null;
        if (header.getType() == PageType.DATA_PAGE) {
          DataPageHeader page = header.getData_page_header();
          return page(header, page.getNum_values(), encoding(page.getEncoding()));
        }
        if (header.getType() == PageType.DATA_PAGE_V2) {
          DataPageHeaderV2 page = header.getData_page_header_v2();
          return page(header, page.getNum_values(), encoding(page.getEncoding()));
        }
        in.skipNBytes(size(header));
      }
      throw new IOException("a column has fewer pages than values");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private DataPage page(PageHeader header, int count, Encoding encoding) throws IOException {
    if (count < 0) {
      throw new IOException("a page has " + count + " values");
    }
    read += count;
    tooLong = tooLong(header, count) || (dictionaryTooLong && encoding.usesDictionary());
    if (tooLong) {
      in.skipNBytes(header.getCompressed_page_size());
      return empty(count);
    }
    return header.getType() == PageType.DATA_PAGE
        ? first(header, count, encoding)
        : second(header, count, encoding);
  }

  /** A page of the first version. */
  private DataPage first(PageHeader header, int count, Encoding encoding) throws IOException {
    DataPageHeader page = header.getData_page_header();
    byte[] bytes = decompressed(stored(header), 0, header.getUncompressed_page_size());
    return new DataPageV1(
        BytesInput.from(bytes),
        count,
        bytes.length,
        null,
        encoding(page.getRepetition_level_encoding()),
        encoding(page.getDefinition_level_encoding()),
        encoding);
  }

  /** A page of the second version, whose levels are not compressed. */
  private DataPage second(PageHeader header, int count, Encoding encoding) throws IOException {
    DataPageHeaderV2 page = header.getData_page_header_v2();
    byte[] stored = stored(header);
    int repetition = page.getRepetition_levels_byte_length();
    int levels = repetition + page.getDefinition_levels_byte_length();
    if (repetition < 0 || levels < repetition || levels > stored.length) {
      throw new IOException("the levels of a page are longer than the page");
    }
    boolean compressed = !page.isSetIs_compressed() || page.isIs_compressed();
    byte[] data =
        compressed
            ? decompressed(stored, levels, header.getUncompressed_page_size() - levels)
            : Arrays.copyOfRange(stored, levels, stored.length);
    return DataPageV2.uncompressed(
        page.getNum_rows(),
        page.getNum_nulls(),
        count,
        BytesInput.from(stored, 0, repetition),
        BytesInput.from(stored, repetition, levels - repetition),
        encoding,
        BytesInput.from(data),
        null);
  }

  private boolean tooLong(PageHeader header, int count) throws IOException {
    return size(header) > most
        || header.getUncompressed_page_size() > most
        || count > most / BYTES_PER_VALUE;
  }

  private static int size(PageHeader header) throws IOException {
    if (header.getCompressed_page_size() < 0 || header.getUncompressed_page_size() < 0) {
      throw new IOException("a page has a negative size");
    }
    return header.getCompressed_page_size();
  }

  private byte[] stored(PageHeader header) throws IOException {
    byte[] bytes = in.readNBytes(size(header));
    if (bytes.length < header.getCompressed_page_size()) {
      throw new IOException("the file ends in a page");
    }
    if (header.isSetCrc()) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if ((int) crc.getValue() != header.getCrc()) {
        throw new IOException("the checksum of a page is wrong");
      }
    }
    return bytes;
  }

  private byte[] decompressed(byte[] stored, int from, int size) throws IOException {
    if (size == 0) {
      return new byte[0];
    }
    return decompressor
        .decompress(BytesInput.from(stored, from, stored.length - from), size)
        .toInputStream()
        .readAllBytes();
  }

  /** A page of nulls, or of empty strings if the column is required. */
  private DataPage empty(int count) throws IOException {
    byte[] bytes;
    if (column.getMaxDefinitionLevel() > 0) {
      // A run of zeros, with its length before it.
      bytes = new byte[Integer.BYTES + 6];
      int at = Integer.BYTES;
      for (long run = (long) count << 1; ; run >>>= 7) {
        bytes[at++] = (byte) (run < 0x80 ? run : (run & 0x7f) | 0x80);
        if (run < 0x80) {
          break;
        }
      }
      bytes = Arrays.copyOf(bytes, at + 1);
      bytes[0] = (byte) (bytes.length - Integer.BYTES);
    } else if (count > most / BYTES_PER_VALUE) {
      throw new IOException("a page has " + count + " values");
    } else {
      bytes = new byte[Integer.BYTES * count];
    }
    return new DataPageV1(
        BytesInput.from(bytes),
        count,
        bytes.length,
        null,
        Encoding.RLE,
        Encoding.RLE,
        Encoding.PLAIN);
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding stored) {
    return Encoding.valueOf(stored.name());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
