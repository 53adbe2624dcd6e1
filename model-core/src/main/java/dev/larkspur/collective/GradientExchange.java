package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;
import java.util.Map;

/**
 * Replaces every worker's gradient by the sum over all workers. It may start with elements that are
 * complete while the backward pass computes the others.
 *
 * <p>One exchange serves one replica; each step calls {@link #complete} any number of times with
 * falling offsets, the same on every worker, and then {@link #finish}.
 */
public interface GradientExchange extends GradientProgress, AutoCloseable {

  /**
   * Marks the elements from {@code offset} to the end as final in this step. The caller must not
   * use them until {@link #finish} has returned.
   */
  @Override
  void complete(long offset);

  /**
   * Waits until the gradient is the sum over all workers, with the same bits on each. Once it has
   * returned or thrown, nothing reads or writes the gradient.
   *
   * @throws PeerLostException if a worker is lost
   */
  void finish();

  /**
   * The state of this worker's exchange, such as the residual of a lossy compression: flat vectors
   * in the layout of the gradient, by names that are valid in file names. Initially zero; empty for
   * an exchange without state. A checkpoint saves and restores the state of each worker. Only the
   * sum over all workers may matter, because the sum is redistributed if the number of workers
   * changes.
   */
  Map<String, FlatVector> state();

  /**
   * The scalar state of the exchange, by name, which is the same on every worker. Initially empty;
   * always empty for an exchange without state. A checkpoint saves and restores it.
   */
  default Map<String, Double> scalars() {
    return Map.of();
  }

  /** Restores the {@link #scalars} of a checkpoint; empty restores the initial state. */
  default void restore(Map<String, Double> scalars) {}

  /**
   * Waits for pending operations of a step that failed before {@link #finish}. Must be called
   * before the memory of the gradient is freed.
   *
   * @throws PeerLostException if a worker is lost
   */
  @Override
  default void close() {}
}
