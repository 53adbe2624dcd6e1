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
public interface GradientExchange extends AutoCloseable {

  /**
   * Marks the elements from {@code offset} to the end as final in this step. The caller must not
   * use them until {@link #finish} has returned.
   */
  void complete(long offset);

  /**
   * Waits until the gradient is the sum over all workers, with the same bits on each. Once it has
   * returned or thrown, nothing reads or writes the gradient.
   *
   * @throws PeerLostException if a worker is lost
   */
  void finish();

  /**
   * What the exchange carries from step to step, such as the residual of a lossy compression: flat
   * vectors in the layout of the gradient, by a name that may be part of a file's. A checkpoint
   * must hold each worker's, and restore them; only their sum over all workers may matter, since it
   * is divided anew when the number of workers changes. Zero in the beginning. Empty for an
   * exchange without memory.
   */
  Map<String, FlatVector> state();

  /**
   * Numbers that the exchange carries from step to step beside {@link #state}, by name, the same on
   * every worker whatever their number. A checkpoint must hold them, and restore them. Empty in the
   * beginning, and for an exchange without memory.
   */
  default Map<String, Double> scalars() {
    return Map.of();
  }

  /** Resumes with the {@link #scalars} of a checkpoint; with none, as in the beginning. */
  default void restore(Map<String, Double> scalars) {}

  /**
   * Waits for what {@link #complete} has started in a step that failed before {@link #finish}. Must
   * be called before the gradient's memory is freed.
   *
   * @throws PeerLostException if a worker is lost
   */
  @Override
  default void close() {}
}
