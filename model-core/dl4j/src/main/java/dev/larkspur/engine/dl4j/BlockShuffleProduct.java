package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * BlockShuffle, a Monarch matrix (paper, section 2): two block-diagonal products, each followed by
 * a shuffle of the features. Feature i · blocks + b moves to block b, index i, and back after the
 * second product.
 */
final class BlockShuffleProduct implements Product {
  private final BlockDiagonal u;
  private final BlockDiagonal v;
  private final Pass pass;
  private final Scratch kept;
  private final String inner;

  BlockShuffleProduct(Views views, String prefix, Pass pass, Scratch kept) {
    this.u = new BlockDiagonal(views, prefix + "u.weight", pass);
    this.v = new BlockDiagonal(views, prefix + "v.weight", pass);
    this.pass = pass;
    this.kept = kept;
    this.inner = prefix + "inner";
  }

  @Override
  public int out() {
    return u.out();
  }

  @Override
  public int in() {
    return v.in();
  }

  @Override
  public void forward(INDArray x, double alpha, double beta, INDArray y) {
    long tokens = x.size(0);
    INDArray h = pass.scratch().array("product.inner", tokens, v.out());
    v.forward(x, 1, 0, h);
    INDArray shuffled = kept.array(inner, tokens, v.out());
    pass.kernels().transposeRows(h, v.out() / u.blocks(), shuffled);
    INDArray z = pass.scratch().array("product.outer", tokens, u.out());
    u.forward(shuffled, alpha, 0, z);
    if (beta == 0) {
      pass.kernels().transposeRows(z, u.blocks(), y);
    } else {
      INDArray back = pass.scratch().array("product.back", tokens, u.out());
      pass.kernels().transposeRows(z, u.blocks(), back);
      y.muli(beta).addi(back);
    }
  }

  @Override
  public void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx) {
    long tokens = x.size(0);
    INDArray dz = pass.scratch().array("product.outer", tokens, u.out());
    pass.kernels().transposeRows(dy, u.out() / u.blocks(), dz);
    INDArray shuffled = kept.array(inner, tokens, v.out());
    INDArray dShuffled = pass.scratch().array("product.inner", tokens, v.out());
    u.backward(shuffled, dz, alpha, 0, dShuffled);
    INDArray dh = pass.scratch().array("product.back", tokens, v.out());
    pass.kernels().transposeRows(dShuffled, u.blocks(), dh);
    v.backward(x, dh, 1, beta, dx);
  }
}
