package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The number of tokens up to which a merged matrix is faster than its factors (the paper's
 * pre-merge). Merging saves calls; factors save reading and multiplying weights, in proportion to
 * the number of weights saved. Merging therefore wins below some number of saved weights: these
 * were measured on 2 cores of a Zen 4 with {@code larkspur benchmark decode} at widths 256 and 768,
 * and below that with {@code benchmark ffn}, whose weights stay in the cache, which is where those
 * of small models are.
 */
enum MergeCrossover {
  LOW_RANK(25_000, 120_000),
  BLOCK_DENSE(50_000, 500_000),
  BLOCK_SHUFFLE(90_000, 900_000);

  /** In bf16 calls cost more, and weights are read once for many tokens. */
  private static final int TOKENS_PER_READING_BF16 = 8;

  private final long fp32;
  private final long bf16;

  MergeCrossover(long fp32, long bf16) {
    this.fp32 = fp32;
    this.bf16 = bf16;
  }

  /**
   * Number of tokens up to which to merge; 0 for never.
   *
   * @param u second factor, as {@link Projection} has it
   * @param v first factor
   * @param dense weights of the product
   */
  static long tokens(FactorMerge merge, Tensor u, Tensor v, long dense, TorchDevice device) {
    return switch (merge) {
      case ALWAYS -> Long.MAX_VALUE;
      case NEVER -> 0;
      case AUTO -> {
        long saved = dense - u.numel() - v.numel();
        if (saved <= 0) {
          yield Long.MAX_VALUE;
        }
        // Not measured on GPUs, which use the factors.
        yield device.isCpu() ? of(u, v).tokens(saved, u.scalar_type().intern()) : 0;
      }
    };
  }

  private static MergeCrossover of(Tensor u, Tensor v) {
    if (v.dim() == 2) {
      return LOW_RANK;
    }
    return u.dim() == 2 ? BLOCK_DENSE : BLOCK_SHUFFLE;
  }

  private long tokens(long saved, ScalarType type) {
    if (type == ScalarType.BFloat16) {
      return saved <= bf16 ? TOKENS_PER_READING_BF16 * bf16 / saved : 0;
    }
    return fp32 / saved;
  }
}
