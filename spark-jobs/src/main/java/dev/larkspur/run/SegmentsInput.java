package dev.larkspur.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.CRC32C;

/** Segments of files one after another, each checksummed while it passes. */
final class SegmentsInput extends InputStream {

  /** Opens a part at a byte. */
  @FunctionalInterface
  interface Opening {
    InputStream open(int part, long from) throws IOException;
  }

  private final List<Segment> segments;
  private final Opening opening;
  private final long[] crcs;
  private final CRC32C crc = new CRC32C();
  private final byte[] single = new byte[1];
  private int next;
  private long left;
  private InputStream in;

  SegmentsInput(List<Segment> segments, Opening opening) {
    this.segments = segments;
    this.opening = opening;
    this.crcs = new long[segments.size()];
  }

  /** CRC-32C of each segment, once all have been read. */
  long[] crcs() {
    return crcs.clone();
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (in == null) {
      if (next == segments.size()) {
        return -1;
      }
      Segment segment = segments.get(next);
      in = opening.open(segment.part(), segment.from());
      left = segment.length();
      crc.reset();
    }
    int read = in.read(into, offset, (int) Math.min(length, left));
    if (read < 0) {
      // Shorter than the manifest says: whoever reads on misses the rest.
      return -1;
    }
    crc.update(into, offset, read);
    left -= read;
    if (left == 0) {
      in.close();
      in = null;
      crcs[next] = crc.getValue();
      next++;
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
    }
  }
}
