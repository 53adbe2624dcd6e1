package dev.larkspur.run;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.tensor.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Concatenates segments of files, and computes the checksum of each. */
final class SegmentsInput extends InputStream {

  /** Opens a part at an offset, in bytes. */
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
      // The file is shorter than the manifest says; the reader detects the missing bytes.
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
   * A range of bytes of one part of a vector's file, which one rank reads.
   *
   * @param part index of the part
   * @param rank that reads it
   * @param from first byte, within the part
   * @param length number of bytes, at least 1
   */
  record Segment(int part, int rank, long from, long length) {

    /**
     * Divides a file among ranks: each reads the elements of its {@link Shard}, and rank 0 also the
     * header. Segments are in file order and contain every byte once.
     *
     * @param parts of the file, in order
     * @param elements number of 4-byte elements after the header
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
