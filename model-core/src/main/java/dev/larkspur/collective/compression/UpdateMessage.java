package dev.larkspur.collective.compression;

import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;

/**
 * One worker's update of a range of the gradient in ND4J's encoding: the number of indices, the
 * number of values in the range, the bits of the threshold, 0; then the indices.
 */
public final class UpdateMessage {
  /** Integers before the first index. */
  public static final int HEADER = 4;

  private UpdateMessage() {}

  /** Number of values that a message changes. */
  static int count(int[] message) {
    return Math.max(0, message.length - HEADER);
  }

  /**
   * Checks a message before native code reads it, which does not check indices.
   *
   * @param rank of the sender
   * @param values number of values in the range
   * @throws CompressionException if the message does not encode a range of this length with this
   *     threshold
   */
  public static void requireSound(int[] message, int rank, int values, float threshold) {
    if (message.length == 0) {
      return;
    }
    if (message.length < HEADER
        || message[0] != message.length - HEADER
        || message[1] != values
        || message[2] != Float.floatToIntBits(threshold)) {
      throw damaged(rank, "a header that is not that of %d values".formatted(values));
    }
    for (int i = HEADER; i < message.length; i++) {
      // Widened: the absolute value of Integer.MIN_VALUE is negative as an int.
      long index = Math.abs((long) message[i]);
      if (index < 1 || index > values) {
        throw damaged(rank, "index %d of %d values".formatted(message[i], values));
      }
    }
  }

  private static CompressionException damaged(int rank, String what) {
    return new CompressionException(
        "the compressed update of worker %d has %s: worker and network disagree on what was sent"
            .formatted(rank, what));
  }
}
