package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/**
 * A group of workers that call the same operations in the same order. Every member ends each call
 * with the same bits, which is what lets each decide on its own and yet alike. Every operation
 * throws {@link PeerLostException} if a member is gone.
 */
public interface Collective extends AutoCloseable {

  /** This worker's number, from 0. */
  int rank();

  /** Number of workers. */
  int worldSize();

  /** Replaces the vector by its sum over all workers. */
  void allReduceSum(FlatVector vector);

  /**
   * Begins to replace the vector by its sum over all workers; does it at once and in fp32, unless
   * an implementation knows better. Nothing may touch the vector until {@link PendingSum#await} has
   * returned, and sums are awaited before any other operation.
   *
   * @param wire how the values travel
   */
  default PendingSum startSum(FlatVector vector, WireDtype wire) {
    allReduceSum(vector);
    return () -> {};
  }

  /** Replaces the numbers by their sums over all workers. */
  void allReduceSum(double[] numbers);

  /** Replaces the vector by that of worker {@code root}. */
  void broadcast(FlatVector vector, int root);

  /**
   * Completes a vector of which each worker has brought up to date its own {@link Shard}: every
   * worker gets all shards.
   */
  default void allGather(FlatVector vector) {
    for (int rank = 0; rank < worldSize(); rank++) {
      broadcast(Shard.of(vector.length(), rank, worldSize()).in(vector), rank);
    }
  }

  /**
   * Every worker's values, [worldSize][], in the order of the ranks. Lengths may differ between
   * workers and may be zero. The own values are among them, as a copy or as the same array.
   */
  int[][] allGather(int[] values);

  /** Returns when every worker has called it. */
  void barrier();

  @Override
  void close();

  /** A sum over all workers that is under way. */
  public interface PendingSum {

    /**
     * Returns when the vector holds the sum.
     *
     * @throws PeerLostException if a member is gone
     */
    void await();
  }
}
