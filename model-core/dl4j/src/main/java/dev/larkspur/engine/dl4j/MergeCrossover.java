package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Up to how many tokens the dense product of two factors is faster than the factors (the paper's
 * pre-merge). The product saves calls, however few the tokens; the factors save reading weights and
 * multiplying with them. So the product wins below some number of saved weights: these, measured in
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
   * Tokens up to which the product is to be used; 0 for never.
   *
   * @param u second factor, as {@link Product} has it
   * @param v first factor
   * @param dense weights of the product
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
