package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * y = W x + b, or with a dense guide G of a structured W: y = α G x + (1−α) W x + b (Wei et al.,
 * arXiv 2406.16450, section 4). Activations are [tokens, width].
 */
final class Projection {
  /** Number of columns per call. */
  private static final int UNITS = 256;

  private final Views views;
  private final String prefix;
  private final Pass pass;
  private final Product matrix;
  private final Product guide;
  private double alpha;

  /** Creates the projection whose parameter names start with a prefix. */
  Projection(Views views, String prefix, Pass pass, Scratch kept) {
    this.views = views;
    this.prefix = prefix;
    this.pass = pass;
    this.matrix = Product.of(views, prefix, pass, kept);
    String guideName = prefix + "guide.weight";
    this.guide = views.has(guideName) ? new Product.DenseProduct(views, guideName, pass) : null;
  }

  int out() {
    return matrix.out();
  }

  int in() {
    return matrix.in();
  }

  /** Sets the weight α of the guide, if there is one. */
  void guide(double weight) {
    alpha = guide == null ? 0 : weight;
  }

  /** Sets the guide to the product of the factors: α does not change the initial output. */
  void startGuide() {
    if (guide != null) {
      multiplyFactors(views.value(prefix + "guide.weight"));
    }
  }

  /** Writes the product of the factors, [out, in], by multiplying them with unit vectors. */
  void multiplyFactors(INDArray product) {
    for (int from = 0; from < in(); from += UNITS) {
      int count = Math.min(UNITS, in() - from);
      INDArray units = pass.scratch().array("projection.units", count, in()).assign(0);
      for (int i = 0; i < count; i++) {
        units.putScalar(i, (long) from + i, 1);
      }
      INDArray columns = pass.scratch().array("projection.columns", count, out());
      matrix.forward(units, 1, 0, columns);
      product
          .get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + count))
          .assign(columns.transpose());
    }
  }

  /** Computes y [tokens, out]. */
  void forward(INDArray x, INDArray y) {
    if (alpha < 1) {
      matrix.forward(x, 1 - alpha, 0, y);
    }
    if (alpha > 0) {
      guide.forward(x, alpha, alpha < 1 ? 1 : 0, y);
    }
    if (views.has(bias())) {
      pass.kernels().addRow(views.value(bias()), y);
    }
  }

  /**
   * Computes the gradients for the x of the last forward call.
   *
   * @param beta factor on the previous values of {@code dx}: 0 or 1
   */
  void backward(INDArray x, INDArray dy, double beta, INDArray dx) {
    if (views.has(bias())) {
      pass.kernels().addColumnSums(dy, 1, pass.gradientBeta(), views.gradient(bias()));
    }
    double kept = beta;
    if (alpha < 1) {
      matrix.backward(x, dy, 1 - alpha, kept, dx);
      kept = 1;
    }
    if (alpha > 0) {
      guide.backward(x, dy, alpha, kept, dx);
    }
  }

  private String bias() {
    return prefix + "bias";
  }
}
