package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/**
 * Collective operations of a group of workers, which all call the same operations in the same
 * order. Results have the same bits on every worker, so that all take the same decisions
 * independently. Vectors are exchanged as 32-bit floats, unless a sum names another {@link
 * WireDtype}; a vector of other values is converted. Every operation throws {@link
 * PeerLostException} if a worker is lost.
 */
public interface Collective extends AutoCloseable {

  /** The rank of this worker, from 0. */
  int rank();

  /** Number of workers. */
  int worldSize();

  /** Replaces the vector by its sum over all workers. */
  void allReduceSum(FlatVector vector);

  /**
   * Starts replacing the vector by its sum over all workers. The default implementation does so
   * synchronously and in fp32. The vector must not be used until {@link PendingSum#await} has
   * returned or thrown, and sums must be awaited before any other operation.
   *
   * @param wire type of the values on the wire
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
   * Completes a vector of which each worker has updated its own {@link Shard}: every worker
   * receives all shards.
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

  /** A sum over all workers that is in progress. */
  public interface PendingSum {

    /**
     * Waits until the vector contains the sum.
     *
     * @throws PeerLostException if a worker is lost
     */
    void await();
  }
}
