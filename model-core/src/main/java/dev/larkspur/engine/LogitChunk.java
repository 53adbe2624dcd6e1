package dev.larkspur.engine;

/**
 * How many tokens' logits exist at a time. The language-model head goes over the tokens of a pass
 * in chunks, since logits of all of them would be its largest tensors by far.
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
   * Bytes that one chunk holds on its way to the gradient, beyond the states, the embedding and
   * their gradients; of FP64 twice those of FP32.
   *
   * @param tokens of one pass
   */
  public static long bytes(long tokens, int hidden, int vocabulary, Precision precision) {
    long rows = rows(tokens, vocabulary);
    long logits = rows * vocabulary;
    return switch (precision) {
      // Logits, and their log-probabilities, which turn into the gradient in place.
      case FP64 -> 16 * logits;
      case FP32 -> 8 * logits;
      // Logits and gradient in bf16 too; states, their gradient and the embedding's in bf16,
      // before they are added to those in fp32.
      case BF16 -> 12 * logits + 2L * hidden * (2 * rows + vocabulary);
    };
  }
}
