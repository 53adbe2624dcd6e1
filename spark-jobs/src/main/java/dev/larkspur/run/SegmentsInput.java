package dev.larkspur.run;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.tensor.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
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
      // Shorter than the manifest says: the reader misses the rest.
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

  /**
   * Consecutive bytes of one part of a vector's file, read by one rank.
   *
   * @param part index of the part
   * @param rank who reads it
   * @param from first byte, within the part
   * @param length number of bytes, at least 1
   */
  record Segment(int part, int rank, long from, long length) {

    /**
     * Divides a file among ranks: each reads the elements of its {@link Shard}, rank 0 also what
     * stands before them. In the order of the bytes; every byte is in one segment.
     *
     * @param parts that one after another are the file
     * @param elements of 4 bytes, at its end
     */
    static List<Segment> divide(List<StoredFile> parts, long elements, int worldSize) {
      long header =
          parts.stream().mapToLong(StoredFile::bytes).sum() - Math.multiplyExact(elements, 4L);
      List<Segment> segments = new ArrayList<>();
      int rank = 0;
      long partBegin = 0;
      for (int part = 0; part < parts.size(); part++) {
        long partEnd = partBegin + parts.get(part).bytes();
        long at = partBegin;
        while (at < partEnd) {
          long rankEnd = end(elements, rank, worldSize, header);
          long end = Math.min(partEnd, rankEnd);
          if (end > at) {
            segments.add(new Segment(part, rank, at - partBegin, end - at));
            at = end;
          }
          rank += at == rankEnd ? 1 : 0;
        }
        partBegin = partEnd;
      }
      return segments;
    }

    private static long end(long elements, int rank, int worldSize, long header) {
      Shard shard = Shard.of(elements, rank, worldSize);
      return header + Float.BYTES * (shard.offset() + shard.length());
    }
  }
}
