package dev.larkspur.run;

import dev.larkspur.tensor.Shard;

import java.util.ArrayList;
import java.util.List;

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
