package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The product of activations with one dense or structured matrix W [out, in], without a bias, and
 * its explicit gradients (paper, section 2). Activations are [tokens, width].
 */
interface Product {

  /** Rows of the matrix. */
  int out();

  /** Columns of the matrix. */
  int in();

  /** y = alpha · x Wᵀ + beta · y. Saves the values that {@link #backward} needs. */
  void forward(INDArray x, double alpha, double beta, INDArray y);

  /**
   * Computes the gradients of {@code alpha · x Wᵀ} for the x of the last forward call. Those of the
   * factors are added or written, as the pass specifies; dx = alpha · dy W + beta · dx.
   */
  void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx);

  /**
   * Creates the product for the parameters whose names start with a prefix. The names and shapes of
   * the factors define its structure.
   *
   * @param kept memory of the layer, for values that a backward pass needs
   */
  static Product of(Views views, String prefix, Pass pass, Scratch kept) {
    if (views.has(prefix + "weight")) {
      return new DenseProduct(views, prefix + "weight", pass);
    }
    Product factors = ofFactors(views, prefix, pass, kept);
    return views
        .merged(prefix)
        .<Product>map(product -> new MergedProduct(factors, product, pass.kernels()))
        .orElse(factors);
  }

  private static Product ofFactors(Views views, String prefix, Pass pass, Scratch kept) {
    if (views.value(prefix + "u.weight").rank() > 2) {
      return new BlockShuffleProduct(views, prefix, pass, kept);
    }
    String first = prefix + "v.weight";
    Product v =
        views.value(first).rank() == 2
            ? new DenseProduct(views, first, pass)
            : new BlockDiagonal(views, first, pass);
    return new FactoredProduct(views, prefix, v, pass, kept);
  }

  /** y = x Wᵀ with a dense W. */
  final class DenseProduct implements Product {
    private final Views views;
    private final String name;
    private final Pass pass;

    /** Uses the matrix [out, in] with a name. */
    DenseProduct(Views views, String name, Pass pass) {
      this.views = views;
      this.name = name;
      this.pass = pass;
    }

    private Matrix weight() {
      return Matrix.of(views.value(name));
    }

    @Override
    public int out() {
      return weight().rows();
    }

    @Override
    public int in() {
      return weight().columns();
    }

    @Override
    public void forward(INDArray x, double alpha, double beta, INDArray y) {
      pass.kernels().multiply(alpha, Matrix.of(x), weight().t(), beta, Matrix.of(y));
    }

    @Override
    public void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx) {
      Matrix gradient = Matrix.of(views.gradient(name));
      pass.kernels()
          .multiply(alpha, Matrix.of(dy).t(), Matrix.of(x), pass.gradientBeta(), gradient);
      pass.kernels().multiply(alpha, Matrix.of(dy), weight(), beta, Matrix.of(dx));
    }
  }

  /**
   * y = U (V x) with U [out, inner], and V dense [inner, in] for LowRank or block-diagonal [blocks,
   * inner / blocks, in / blocks] for BlockDense.
   */
  final class FactoredProduct implements Product {
    private final Product u;
    private final Product v;
    private final Pass pass;
    private final Scratch kept;
    private final String inner;

    FactoredProduct(Views views, String prefix, Product v, Pass pass, Scratch kept) {
      this.u = new DenseProduct(views, prefix + "u.weight", pass);
      this.v = v;
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
      INDArray h = kept.array(inner, x.size(0), v.out());
      v.forward(x, 1, 0, h);
      u.forward(h, alpha, beta, y);
    }

    @Override
    public void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx) {
      INDArray h = kept.array(inner, x.size(0), v.out());
      INDArray dh = pass.scratch().array("product.inner", h.shape());
      u.backward(h, dy, alpha, 0, dh);
      v.backward(x, dh, 1, beta, dx);
    }
  }
}
