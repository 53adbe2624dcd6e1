package dev.larkspur.collective;

import dev.larkspur.engine.FlatVector;

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

  /** Replaces the numbers by their sums over all workers. */
  void allReduceSum(double[] numbers);

  /** Replaces the vector by that of worker {@code root}. */
  void broadcast(FlatVector vector, int root);

  /** Returns when every worker has called it. */
  void barrier();

  @Override
  void close();
}
