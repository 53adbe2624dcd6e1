package dev.larkspur.document;

import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.DocumentReader.BrokenRecordException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The bytes of a WARC file, with a search for the next record after one that cannot be read. In a
 * gzip file, a member that begins with a record ends the previous record: reading stops there until
 * {@link #toRecord} is called.
 */
final class WarcInput implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] MAGIC = {'W', 'A', 'R', 'C', '/'};
  private static final byte[] END_OF_RECORD = {'\r', '\n', '\r', '\n'};

  private final InputStream in;
  private final GzipMembers members; // null if the file is not gzip
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private boolean ended;
  // The beginning of the next member, if it begins with a record.
  private byte[] following = {};
  private boolean boundary;
  private IOException failureBehindBoundary;
  private boolean skippedBytes;

  WarcInput(InputStream in, Compression compression) throws IOException {
    members = compression == Compression.GZIP ? new GzipMembers(in) : null;
    this.in = members == null ? compression.open(in) : members;
  }

  /**
   * Advances to the next record.
   *
   * @return false if there is none
   */
  boolean toRecord() throws IOException {
    skippedBytes = false;
    boolean lineStarts = true;
    while (true) {
      if (!fill()) {
        if (!boundary) {
          return false;
        }
        pass();
        lineStarts = true;
        continue;
      }
      if (lineStarts && startsWithRecord()) {
        return true;
      }
      while (at < end && buffer[at] != '\n') {
        skippedBytes |= buffer[at] != '\r';
        at++;
      }
      lineStarts = at < end;
      at += lineStarts ? 1 : 0;
    }
  }

  /** Whether {@link #toRecord} skipped bytes that belong to no record. */
  boolean skippedBytes() {
    return skippedBytes;
  }

  private void pass() throws IOException {
    boundary = false;
    buffer = following;
    at = 0;
    end = following.length;
    if (failureBehindBoundary != null) {
      IOException failure = failureBehindBoundary;
      failureBehindBoundary = null;
      throw failure;
    }
  }

  /**
   * After a failure of decompression, skips the damage; returns whether anything is left to read.
   */
  boolean skipDamage() throws IOException {
    at = end;
    boundary = false;
    ended = members == null || !members.nextAfterDamage();
    return !ended;
  }

  private boolean startsWithRecord() throws IOException {
    int length = MAGIC.length + 1;
    peek(length);
    return end - at >= length
        && Arrays.equals(buffer, at, at + MAGIC.length, MAGIC, 0, MAGIC.length)
        && buffer[at + MAGIC.length] >= '0'
        && buffer[at + MAGIC.length] <= '9';
  }

  /** Buffers {@code length} bytes, if the record has as many. */
  private void peek(int length) throws IOException {
    if (end - at >= length || !fill()) {
      return;
    }
    byte[] more = Arrays.copyOfRange(buffer, at, at + BUFFER_BYTES);
    int available = end - at;
    at = end;
    while (available < length && fill()) {
      int count = Math.min(end - at, more.length - available);
      System.arraycopy(buffer, at, more, available, count);
      at += count;
      available += count;
    }
    unread(more, 0, available);
  }

  /** Unreads bytes. */
  void unread(byte[] bytes, int from, int to) {
    int left = end - at;
    byte[] joined = new byte[Math.max(BUFFER_BYTES, to - from + left)];
    System.arraycopy(bytes, from, joined, 0, to - from);
    System.arraycopy(buffer, at, joined, to - from, left);
    buffer = joined;
    at = 0;
    end = to - from + left;
  }

  /**
   * Buffers at least one byte; false at the end of the file, and before a member that begins with a
   * record.
   */
  private boolean fill() throws IOException {
    while (at == end && !ended && !boundary) {
      if (buffer.length < BUFFER_BYTES) {
        buffer = new byte[BUFFER_BYTES];
      }
      at = 0;
      end = Math.max(0, in.read(buffer, 0, buffer.length));
      if (end == 0) {
        nextMember();
      }
    }
    return at < end;
  }

  private void nextMember() {
    byte[] bytes = new byte[BUFFER_BYTES];
    int length = 0;
    try {
      ended = members == null || !members.next();
      while (!ended && length < MAGIC.length) {
        int count = in.read(bytes, length, bytes.length - length);
        ended = count < 0 && !members.next();
        length += Math.max(0, count);
      }
      boundary =
          length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    } catch (IOException failure) {
      // The previous record is complete.
      failureBehindBoundary = failure;
      boundary = true;
      length = 0;
    }
    if (boundary) {
      following = Arrays.copyOf(bytes, length);
    } else {
      buffer = bytes;
      at = 0;
      end = length;
    }
  }

  /** Whether the file ends here, not only the member of a record. */
  boolean atEnd() throws IOException {
    return !fill() && !boundary;
  }

  /**
   * Whether the file ends here within a record because it may be truncated. A gzip file that ends
   * without a failure is complete, so the length in its record is wrong.
   */
  boolean mayBeTruncated() throws IOException {
    return members == null && atEnd();
  }

  /**
   * Reads up to {@code length} bytes; fewer at the end of the record.
   *
   * @param length at most the largest length of an array
   */
  byte[] read(long length) throws IOException {
    byte[] bytes = new byte[(int) Math.min(length, BUFFER_BYTES)];
    int read = 0;
    while (read < length && fill()) {
      if (read == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * bytes.length));
      }
      int count = Math.min(end - at, bytes.length - read);
      System.arraycopy(buffer, at, bytes, read, count);
      at += count;
      read += count;
    }
    return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
  }

  /**
   * Reads a line of a header, without its end.
   *
   * @param most bytes of the line
   * @return null if the record ends first
   */
  byte[] line(int most) throws IOException, BrokenRecordException {
    byte[] line = new byte[1 << 8];
    int length = 0;
    while (fill()) {
      byte one = buffer[at++];
      if (one == '\n') {
        int before = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return Arrays.copyOf(line, before);
      }
      if (length == most) {
        throw new BrokenRecordException(
            SkipReason.TOO_LONG, "its header has more than " + WarcHead.MOST_BYTES + " bytes");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(most, 2 * length));
      }
      line[length++] = one;
    }
    return null;
  }

  /** Whether the end of a record may follow; does not read it. */
  boolean recordEnds() throws IOException {
    peek(END_OF_RECORD.length);
    byte[] next = Arrays.copyOfRange(buffer, at, Math.min(end, at + END_OF_RECORD.length));
    // A file may end without the end of its last record.
    int least = boundary && next.length > 0 ? END_OF_RECORD.length : next.length;
    return Arrays.equals(next, 0, next.length, END_OF_RECORD, 0, least)
        || (next.length >= 2 && next[0] == '\n' && next[1] == '\n')
        || startsWithRecord();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
