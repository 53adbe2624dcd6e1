package dev.larkspur.engine;

/**
 * A micro-batch: {@code sequences} blocks of {@code context + 1} token ids, so that each position
 * but the last has its next token as a label. Mutable and reused: filled by the reader, read by the
 * replica.
 */
public final class TokenBatch {
  private final int[] ids;
  private final int sequences;
  private final int context;

  /**
   * An empty batch.
   *
   * @throws EngineException if it is too large for an array
   */
  public TokenBatch(int sequences, int context) {
    if (sequences * (context + 1L) > Integer.MAX_VALUE) {
      throw new EngineException(
          "a pass of %d sequences of %d tokens does not fit in one array: set training.micro-batch to at most %d"
              .formatted(sequences, context, Integer.MAX_VALUE / (context + 1L)));
    }
    this.sequences = sequences;
    this.context = context;
    this.ids = new int[sequences * (context + 1)];
  }

  /** Row-major [sequences, context + 1]. */
  public int[] ids() {
    return ids;
  }

  /** Where block {@code sequence} starts in {@link #ids}. */
  public int offset(int sequence) {
    return sequence * (context + 1);
  }

  public int sequences() {
    return sequences;
  }

  /** Tokens that are predicted in each sequence. */
  public int context() {
    return context;
  }

  /** Total number of predicted tokens. */
  public long tokens() {
    return (long) sequences * context;
  }
}
