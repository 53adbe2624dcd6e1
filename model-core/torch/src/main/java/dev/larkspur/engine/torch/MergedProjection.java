package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * A structured matrix as factors and merged (the paper's pre-merge), for decoding.
 *
 * @param factors the projection by them
 * @param product of them
 */
record MergedProjection(Projection factors, Merged product, Bias bias) implements Projection {

  /**
   * A merged matrix, and when to use it.
   *
   * @param matrix [out, in]
   * @param tokens number of tokens up to which it is used
   */
  record Merged(Tensor matrix, long tokens) {}

  @Override
  public Tensor apply(Tensor x) {
    return x.numel() / x.size(-1) <= product.tokens()
        ? RowProduct.linear(x, product.matrix(), bias)
        : factors.apply(x);
  }

  @Override
  public Pass pass(Tensor x, SavedTensors saved) {
    return factors.pass(x, saved);
  }
}
