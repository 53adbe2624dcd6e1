package dev.larkspur.document;

import dev.larkspur.storage.TransientFailures;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a gzip file (RFC 1952) member by member: {@link #read} ends with the member, and {@link
 * #next} advances to the following one. Zeros after the last member are padding, and an empty file
 * has no member. {@code java.util.zip} and Hadoop's codec join the members and reject both.
 */
final class GzipMembers extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int FIRST = 0x1f;
  private static final int SECOND = 0x8b;
  private static final int DEFLATE = 8;
  private static final int RESERVED_FLAGS = 0xe0;
  private static final int FIXED_HEADER = 10;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private boolean started;
  private boolean inMember;

  GzipMembers(InputStream in) {
    this.in = in;
  }

  /** All members as a single stream. */
  static InputStream joined(InputStream in) {
    return new Joined(new GzipMembers(in));
  }

  /**
   * Advances to the next member; the previous one must have been read to its end.
   *
   * @return false at the end of the file
   * @throws IOException if anything but a member or padding follows
   */
  boolean next() throws IOException {
    int first = take();
    if (started) {
      while (first == 0) {
        first = take();
      }
    }
    if (first < 0) {
      return false;
    }
    if (first != FIRST || requireByte() != SECOND) {
      throw new IOException(
          started ? "bytes after the gzip data that are not gzip data" : "not a gzip file");
    }
    startMember();
    return true;
  }

  /** After a failure, advances to what looks like the beginning of another member. */
  boolean nextAfterDamage() throws IOException {
    inMember = false;
    int before = 0;
    int one = take();
    while (one >= 0) {
      if (before == FIRST && one == SECOND && fill() && buffer[at] == DEFLATE) {
        try {
          startMember();
          return true;
        } catch (IOException notAMember) {
          if (TransientFailures.hasTransientCause(notAMember)) {
            throw notAMember;
          }
          one = 0;
        }
      }
      before = one;
      one = take();
    }
    return false;
  }

  private void startMember() throws IOException {
    started = true;
    int method = requireByte();
    int flags = requireByte();
    if (method != DEFLATE || (flags & RESERVED_FLAGS) != 0) {
      throw new IOException("an unsupported gzip header");
    }
    for (int i = 4; i < FIXED_HEADER; i++) {
      requireByte();
    }
    if ((flags & EXTRA) != 0) {
      for (int length = requireByte() | requireByte() << 8; length > 0; length--) {
        requireByte();
      }
    }
    for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
      while (requireByte() != 0) {}
    }
    if ((flags & HEADER_CRC) != 0) {
      requireByte();
      requireByte();
    }
    inflater.reset();
    crc.reset();
    inMember = true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (inMember && length > 0) {
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        crc.update(bytes, offset, count);
        return count;
      }
      if (inflater.finished()) {
        at = end - inflater.getRemaining();
        inMember = false;
        checkTrailer();
      } else if (inflater.needsDictionary()) {
        throw new IOException("damaged gzip data: a dictionary is needed");
      } else {
        at = end;
        if (!fill()) {
          throw truncated();
        }
      }
    }
    return length == 0 ? 0 : -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    if (inflater.getRemaining() == 0 && at < end) {
      inflater.setInput(buffer, at, end - at);
      at = end;
    }
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException damaged) {
      at = end - inflater.getRemaining();
      throw new IOException("damaged gzip data: " + damaged.getMessage(), damaged);
    }
  }

  private void checkTrailer() throws IOException {
    long sum = readInt32();
    long size = readInt32();
    if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new IOException("damaged gzip data: the checksum of a member is wrong");
    }
  }

  private long readInt32() throws IOException {
    return requireByte() | requireByte() << 8 | requireByte() << 16 | (long) requireByte() << 24;
  }

  private int requireByte() throws IOException {
    int one = take();
    if (one < 0) {
      throw truncated();
    }
    return one;
  }

  private static EOFException truncated() {
    return new EOFException("the gzip data are truncated");
  }

  private int take() throws IOException {
    return fill() ? buffer[at++] & 0xff : -1;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return at < end;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }

  private static final class Joined extends InputStream {
    private final GzipMembers members;
    private boolean open;

    Joined(GzipMembers members) {
      this.members = members;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      while (true) {
        int count = open ? members.read(bytes, offset, length) : -1;
        if (count >= 0) {
          return count;
        }
        open = members.next();
        if (!open) {
          return -1;
        }
      }
    }

    @Override
    public void close() throws IOException {
      members.close();
    }
  }
}
