package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A structured matrix both as its factors and as their product (the paper's pre-merge).
 *
 * @param factors the projection by them
 * @param product of them
 * @param bias [out], or nothing
 */
record MergedProjection(Projection factors, Merged product, TensorOptional bias)
    implements Projection {

  /**
   * The product of factors, and when it is used.
   *
   * @param matrix [out, in]
   * @param tokens up to which it is
   */
  record Merged(Tensor matrix, long tokens) {}

  @Override
  public Tensor apply(Tensor x) {
    return x.numel() / x.size(-1) <= product.tokens()
        ? torch.linear(x, product.matrix(), bias)
        : factors.apply(x);
  }
}
