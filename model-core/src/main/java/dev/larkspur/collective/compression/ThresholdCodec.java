package dev.larkspur.collective.compression;

import java.nio.FloatBuffer;

/**
 * Encodes vectors by a threshold, and chooses the threshold. An implementation is found by {@link
 * java.util.ServiceLoader}; it loads its library in {@link #prepare}, not when it is created. Safe
 * for use by several threads.
 */
public interface ThresholdCodec {

  /**
   * Loads the library, and limits its threads. That may change the threads of other libraries, such
   * as those of a shared OpenBLAS: an engine must set its own after it.
   */
  void prepare(int threads);

  /**
   * Takes {@code threshold} away from each value that is at least as large, adds it to each that is
   * at most {@code -threshold}, and leaves the others. Depends on nothing but its arguments, apart
   * from the order of the indices. May take nothing if there is a single such value.
   *
   * @param values all between position and limit, in direct memory and native order; finite
   * @return what was taken: {@link UpdateMessage#HEADER} and an index, from 1, of each value that
   *     has changed, negative where the threshold was added. Empty if nothing was taken
   */
  int[] encode(FloatBuffer values, float threshold);

  /**
   * Adds what a message says was taken.
   *
   * @param message of as many values, checked by {@link UpdateMessage#requireSound}; not empty
   * @param sum all between position and limit, in direct memory and native order
   */
  void decode(int[] message, FloatBuffer sum);

  /**
   * The threshold of the next step.
   *
   * @param last step's encoding; null in the first step
   */
  double nextThreshold(ThresholdRule rule, Encoding last);

  /**
   * What one step's encoding was like, over all workers.
   *
   * @param threshold that was encoded with
   * @param sparsity share of the values that reached it, from 0 to 1: mean over all workers
   * @param dense whether these were too many, and the step was exchanged without compression
   */
  record Encoding(double threshold, double sparsity, boolean dense) {}
}
