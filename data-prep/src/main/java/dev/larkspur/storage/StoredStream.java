package dev.larkspur.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file for Parquet to read. Failures of storage are {@link UnreadableFileException}s; all other
 * failures concern the content of the file.
 *
 * <p>Vectored reads stay off, the default of {@link SeekableInputStream}: the reader of a shard
 * needs one column, so a row group is one range, and the Parquet version of Spark 3.5 does not
 * support them.
 */
public final class StoredStream extends SeekableInputStream {
  private final SeekableInputStream in;

  public StoredStream(SeekableInputStream in) {
    this.in = in;
  }

  /** An operation that reads. */
  @FunctionalInterface
  public interface Reading<T> {
    T run() throws IOException;
  }

  /**
   * Runs an operation that reads, and turns failures of storage into {@link
   * UnreadableFileException}s.
   */
  public static <T> T reading(Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (EOFException | ChecksumException content) {
      throw content;
    } catch (IOException storage) {
      throw new UnreadableFileException(storage);
    }
  }

  private static void reading(Act act) throws IOException {
    reading(
        () -> {
          act.run();
          return null;
        });
  }

  @FunctionalInterface
  private interface Act {
    void run() throws IOException;
  }

  @Override
  public long getPos() throws IOException {
    return reading(in::getPos);
  }

  @Override
  public void seek(long position) throws IOException {
    reading(() -> in.seek(position));
  }

  @Override
  public int read() throws IOException {
    return reading(() -> in.read());
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return reading(() -> in.read(into, offset, length));
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return reading(() -> in.read(into));
  }

  @Override
  public void readFully(byte[] into) throws IOException {
    reading(() -> in.readFully(into));
  }

  @Override
  public void readFully(byte[] into, int offset, int length) throws IOException {
    reading(() -> in.readFully(into, offset, length));
  }

  @Override
  public void readFully(ByteBuffer into) throws IOException {
    reading(() -> in.readFully(into));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Storage has failed to return data; the content of the file is unknown. */
  public static final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnreadableFileException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
