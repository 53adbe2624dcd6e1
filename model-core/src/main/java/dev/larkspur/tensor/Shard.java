package dev.larkspur.tensor;

/**
 * One worker's part of a flat vector that is split evenly among all: whole cache lines, the same
 * number for each, and what is left over to the last.
 *
 * @param offset index of the first element
 * @param length number of elements
 */
public record Shard(long offset, long length) {
  /**
   * Elements of a cache line: a kernel treats a part that begins and ends with one like the whole.
   */
  private static final long ALIGNMENT = 64 / Float.BYTES;

  /** The whole of a vector. */
  public static Shard whole(long length) {
    return new Shard(0, length);
  }

  /** The part of worker {@code rank}. */
  public static Shard of(long length, int rank, int worldSize) {
    long each = each(length, worldSize);
    long offset = rank * each;
    return new Shard(offset, rank == worldSize - 1 ? length - offset : each);
  }

  /** Elements that every worker has, the last one's surplus aside. */
  public static long each(long length, int worldSize) {
    return length / worldSize / ALIGNMENT * ALIGNMENT;
  }

  /** This part of a vector. */
  public FlatVector in(FlatVector vector) {
    return vector.slice(offset, length);
  }
}
