package dev.larkspur.document;

import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines that end with LF, CR or CR LF, as bytes. Keeps only the beginning of lines above a
 * bound, however long they are; Hadoop's line reader fails above 2 GiB.
 */
final class BoundedLines implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LONG_LINE = 1 << 22;

  private final InputStream in;
  private final int most;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 10];
  private int length;
  private boolean tooLong;

  /**
   * @param most bytes of the longest line that is kept completely
   */
  BoundedLines(InputStream in, long most) {
    this.in = in;
    this.most = (int) Math.min(Integer.MAX_VALUE - 8, most);
  }

  /**
   * Skips the rest of a line, but not much more than {@code enough} bytes.
   *
   * @return the bytes skipped; more than {@code enough} if the line continues
   */
  long skip(long enough) throws IOException {
    length = 0;
    tooLong = true;
    long consumed = 0;
    while (consumed <= enough && fill()) {
      consumed += toEndOfLine();
      if (at < end) {
        return consumed + pastEndOfLine();
      }
    }
    return consumed;
  }

  /**
   * Reads the next line; returns its length in bytes, including its end; 0 at the end of the file.
   */
  long next() throws IOException {
    if (line.length > LONG_LINE) {
      line = new byte[1 << 10];
    }
    length = 0;
    tooLong = false;
    long consumed = 0;
    while (fill()) {
      int from = at;
      int count = toEndOfLine();
      keep(from, count);
      consumed += count;
      if (at < end) {
        return consumed + pastEndOfLine();
      }
    }
    return consumed;
  }

  private int toEndOfLine() {
    int from = at;
    while (at < end && buffer[at] != '\n' && buffer[at] != '\r') {
      at++;
    }
    return at - from;
  }

  private int pastEndOfLine() throws IOException {
    boolean carriageReturn = buffer[at++] == '\r';
    if (carriageReturn && fill() && buffer[at] == '\n') {
      at++;
      return 2;
    }
    return 1;
  }

  private void keep(int from, int count) {
    if (tooLong || count > most - length) {
      if (!tooLong) {
        beginning(from, count);
      }
      return;
    }
    if (line.length - length < count) {
      long doubled = Math.max(2L * line.length, (long) length + count);
      line = Arrays.copyOf(line, (int) Math.min(Math.max(most, BUFFER_BYTES), doubled));
    }
    System.arraycopy(buffer, from, line, length, count);
    length += count;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return at < end;
  }

  private void beginning(int from, int count) {
    tooLong = true;
    int kept = Math.min(3 * RejectedRecord.EXCERPT, length + count);
    line = Arrays.copyOf(line, Math.max(1 << 10, kept));
    if (length < kept) {
      System.arraycopy(buffer, from, line, length, kept - length);
    }
    length = kept;
  }

  /** The line, at the beginning of an array; valid until the next line is read. */
  byte[] bytes() {
    return line;
  }

  /** Length of the line, or of the part that is kept. */
  int length() {
    return length;
  }

  /** Whether the line is above the bound, so that {@link #bytes} contains only its beginning. */
  boolean tooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
