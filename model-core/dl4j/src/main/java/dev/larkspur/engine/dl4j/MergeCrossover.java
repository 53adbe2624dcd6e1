package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The number of tokens up to which the dense product of two factors is faster than the factors (the
 * paper's pre-merge). The product saves calls; the factors save reading and multiplying weights. So
 * the product is faster if the factors save fewer weights than a limit. The limits were measured in
 * fp32 on one core with AVX-512 at widths 64 to 384, with weights in the cache.
 */
enum MergeCrossover {
  LOW_RANK(15_000),
  BLOCK_DENSE(40_000),
  BLOCK_SHUFFLE(80_000);

  private final long weights;

  MergeCrossover(long weights) {
    this.weights = weights;
  }

  /**
   * Number of tokens up to which to use the product; 0 for never.
   *
   * @param u second factor, as in {@link Product}
   * @param v first factor
   * @param dense number of weights of the product
   */
  static long tokens(FactorMerge merge, INDArray u, INDArray v, long dense) {
    return switch (merge) {
      case ALWAYS -> Long.MAX_VALUE;
      case NEVER -> 0;
      case AUTO -> {
        long saved = dense - u.length() - v.length();
        yield saved <= 0 ? Long.MAX_VALUE : of(u, v).weights / saved;
      }
    };
  }

  private static MergeCrossover of(INDArray u, INDArray v) {
    if (v.rank() == 2) {
      return LOW_RANK;
    }
    return u.rank() == 2 ? BLOCK_DENSE : BLOCK_SHUFFLE;
  }
}
