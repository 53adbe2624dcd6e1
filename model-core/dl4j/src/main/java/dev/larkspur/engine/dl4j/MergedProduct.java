package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A structured matrix as its factors and as their product (the paper's pre-merge), which is used
 * for few tokens. Read-only.
 *
 * @param factors of the matrix
 * @param product of the factors, and when to use it
 */
record MergedProduct(Product factors, Merged product, Kernels kernels) implements Product {

  /**
   * The product of factors, and when to use it.
   *
   * @param matrix [out, in]
   * @param tokens maximum number of tokens for which it is used
   */
  record Merged(INDArray matrix, long tokens) {}

  @Override
  public int out() {
    return factors.out();
  }

  @Override
  public int in() {
    return factors.in();
  }

  @Override
  public void forward(INDArray x, double alpha, double beta, INDArray y) {
    if (x.size(0) <= product.tokens()) {
      kernels.multiply(alpha, Matrix.of(x), Matrix.of(product.matrix()).t(), beta, Matrix.of(y));
    } else {
      factors.forward(x, alpha, beta, y);
    }
  }

  @Override
  public void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx) {
    throw new IllegalStateException("merged factors are not trained");
  }
}
