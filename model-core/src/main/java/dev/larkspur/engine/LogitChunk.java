package dev.larkspur.engine;

/**
 * The number of tokens whose logits are in memory at a time. The language-model head processes the
 * tokens of a pass in chunks, because the logits of all tokens would be by far the largest tensors.
 */
public final class LogitChunk {
  /** Logits of one chunk: 256 MB in fp32. */
  private static final long ELEMENTS = 1L << 26;

  private LogitChunk() {}

  /** Tokens of one chunk, at least one and at most all. */
  public static long rows(long tokens, int vocabulary) {
    return Math.min(tokens, Math.max(1, ELEMENTS / vocabulary));
  }

  /**
   * Peak memory of one chunk, in bytes, besides the states, the embedding, their gradients, and
   * what a block of its tokens needs: at most 16 MB on CPUs, 128 MB on GPUs.
   *
   * @param tokens of one pass
   */
  public static long bytes(long tokens, int hidden, int vocabulary, Precision precision) {
    long rows = rows(tokens, vocabulary);
    long logits = rows * vocabulary;
    return switch (precision) {
      // Logits, which turn into the gradient in place, and the states' gradient.
      case FP64 -> 8 * (logits + rows * hidden);
      case FP32 -> 4 * (logits + rows * hidden);
      // States in bf16 too. The embedding's gradient is converted to fp32 in slices.
      case BF16 -> 2 * (logits + 2 * rows * hidden);
    };
  }
}
