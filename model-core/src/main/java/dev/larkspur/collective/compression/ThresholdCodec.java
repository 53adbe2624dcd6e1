package dev.larkspur.collective.compression;

import dev.larkspur.collective.compression.CompressedExchange.UpdateMessage;
import java.nio.FloatBuffer;

/**
 * Encodes vectors by a threshold, and chooses the threshold. {@link java.util.ServiceLoader} finds
 * the implementation, which loads its library in {@link #prepare}, not when it is created.
 * Thread-safe.
 */
public interface ThresholdCodec {

  /**
   * Loads the library, and limits its threads. This may change the threads of other libraries, such
   * as a shared OpenBLAS: an engine must set its threads afterwards.
   */
  void prepare(int threads);

  /**
   * Subtracts {@code threshold} from each value that is at least as large, adds it to each value
   * that is at most {@code -threshold}, and leaves the others unchanged. The result depends on the
   * arguments only, apart from the order of the indices. If only one value reaches the threshold,
   * the implementation may leave it unchanged.
   *
   * @param values all between position and limit, in direct memory and native order; finite
   * @return the update: {@link UpdateMessage#HEADER} integers, then the index, from 1, of each
   *     changed value, negative where the threshold was added. Empty if no value has changed
   */
  int[] encode(FloatBuffer values, float threshold);

  /**
   * Adds the update of a message to a sum.
   *
   * @param message for as many values, checked by {@link UpdateMessage#requireSound}; not empty
   * @param sum all between position and limit, in direct memory and native order
   */
  void decode(int[] message, FloatBuffer sum);

  /**
   * The threshold of the next step.
   *
   * @param last encoding of the previous step; null in the first step
   */
  double nextThreshold(ThresholdRule rule, Encoding last);

  /**
   * Statistics of one step's encoding over all workers.
   *
   * @param threshold of the encoding
   * @param sparsity share of the values that reached the threshold, from 0 to 1: mean over all
   *     workers
   * @param dense whether the share was too large, so that the step was exchanged without
   *     compression
   */
  record Encoding(double threshold, double sparsity, boolean dense) {}

  /** A compressed exchange is not possible, or a worker has received a corrupt message. */
  public static final class CompressionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CompressionException(String message) {
      super(message);
    }
  }
}
