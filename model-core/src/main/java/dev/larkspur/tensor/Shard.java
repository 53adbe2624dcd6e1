package dev.larkspur.tensor;

/**
 * One worker's range of a flat vector that is split evenly among all workers. Each gets the same
 * number of complete cache lines, and the last one the remainder too.
 *
 * @param offset index of the first element
 * @param length number of elements
 */
public record Shard(long offset, long length) {
  /**
   * Elements of a cache line. Kernels compute the same bits for a range aligned to cache lines as
   * for the full vector.
   */
  private static final long ALIGNMENT = 64 / Float.BYTES;

  /** The full vector as one shard. */
  public static Shard whole(long length) {
    return new Shard(0, length);
  }

  /** The shard of worker {@code rank}. */
  public static Shard of(long length, int rank, int worldSize) {
    long each = each(length, worldSize);
    long offset = rank * each;
    return new Shard(offset, rank == worldSize - 1 ? length - offset : each);
  }

  /** Number of elements of every worker, without the last one's remainder. */
  public static long each(long length, int worldSize) {
    return length / worldSize / ALIGNMENT * ALIGNMENT;
  }

  /** This range of a vector. */
  public FlatVector in(FlatVector vector) {
    return vector.slice(offset, length);
  }
}
