package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * A structured matrix as factors and merged (the paper's pre-merge), for decoding.
 *
 * @param factors the projection by them
 * @param product the projection by their product
 * @param tokens number of tokens up to which the product is used
 */
record MergedProjection(Projection factors, Projection product, long tokens) implements Projection {

  /**
   * A merged matrix, and when to use it.
   *
   * @param matrix [out, in]
   * @param tokens number of tokens up to which it is used
   */
  record Merged(WeightMatrix matrix, long tokens) {}

  static MergedProjection of(Projection factors, Merged product, Bias bias) {
    return new MergedProjection(factors, new Dense(product.matrix(), bias), product.tokens());
  }

  @Override
  public Pass pass(Tensor x, SavedTensors saved) {
    return (x.size(0) <= tokens ? product : factors).pass(x, saved);
  }
}
