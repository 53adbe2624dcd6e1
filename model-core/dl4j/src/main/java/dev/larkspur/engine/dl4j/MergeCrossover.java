package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Up to how many tokens the dense product of two factors is faster than the factors (the paper's
 * pre-merge): below some number of saved weights, since the product saves calls, and the factors
 * save reading weights and multiplying with them.
 */
enum MergeCrossover {
  LOW_RANK(25_000),
  BLOCK_DENSE(50_000),
  BLOCK_SHUFFLE(90_000);

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
