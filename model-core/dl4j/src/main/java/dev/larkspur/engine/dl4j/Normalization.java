package dev.larkspur.engine.dl4j;

import dev.larkspur.model.DecoderVariant.Norm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * LayerNorm or RMSNorm, composed of element-wise operators: ND4J's layer norm ignores the epsilon.
 */
final class Normalization {
  private final Views views;
  private final String prefix;
  private final Norm norm;
  private final double epsilon;
  private final Scratch kept;

  /** Creates the norm whose parameter names start with a prefix. */
  Normalization(Views views, String prefix, Norm norm, double epsilon, Scratch kept) {
    this.views = views;
    this.prefix = prefix;
    this.norm = norm;
    this.epsilon = epsilon;
    this.kept = kept;
  }

  /** Normalises x [tokens, width]; writes y of the same shape. */
  void forward(INDArray x, INDArray y) {
    INDArray normed = kept.array("normed", x.shape());
    INDArray scale = kept.array("scale", x.size(0), 1);
    if (norm == Norm.LAYER_NORM) {
      INDArray mean = kept.array("mean", x.size(0), 1);
      x.mean(mean, 1);
      x.subi(mean, normed);
      normed.muli(normed, y);
    } else {
      x.muli(x, y);
    }
    y.mean(scale, 1);
    scale.addi(epsilon);
    Transforms.sqrt(scale, false).rdivi(1);
    (norm == Norm.LAYER_NORM ? normed : x).muli(scale, normed);
    normed.muli(row("weight"), y);
    if (views.has(prefix + "bias")) {
      y.addi(row("bias"), y);
    }
  }

  /** Normalises x without saving values for a backward pass. */
  void apply(INDArray x, Kernels kernels, INDArray y) {
    INDArray bias = views.has(prefix + "bias") ? views.value(prefix + "bias") : null;
    kernels.normalize(x, new RowNorm(norm, epsilon, views.value(prefix + "weight"), bias), y);
  }

  /** Computes the gradients for the x of the last forward call; writes dx. */
  void backward(INDArray dy, Pass pass, INDArray dx) {
    INDArray normed = kept.array("normed", dy.shape());
    INDArray scale = kept.array("scale", dy.size(0), 1);
    INDArray mean = pass.scratch().array("norm.mean", dy.size(0), 1);
    INDArray product = pass.scratch().array("norm.product", dy.shape());
    dy.muli(normed, product);
    pass.kernels()
        .addColumnSums(product, 1, pass.gradientBeta(), views.gradient(prefix + "weight"));
    if (views.has(prefix + "bias")) {
      pass.kernels().addColumnSums(dy, 1, pass.gradientBeta(), views.gradient(prefix + "bias"));
    }
    // With g = dy · weight and the normalised x̂: dx = (g − mean(g) − x̂ mean(g x̂)) · scale.
    // RMSNorm has no mean(g).
    dy.muli(row("weight"), dx);
    dx.muli(normed, product);
    product.mean(mean, 1);
    normed.muli(mean, product);
    if (norm == Norm.LAYER_NORM) {
      dx.mean(mean, 1);
      dx.subi(mean, dx);
    }
    dx.subi(product);
    dx.muli(scale, dx);
  }

  private INDArray row(String name) {
    INDArray vector = views.value(prefix + name);
    return vector.reshape(1, vector.length());
  }

  /**
   * A normalisation with its parameters.
   *
   * @param weight [width]
   * @param bias [width], or null
   */
  record RowNorm(Norm kind, double epsilon, INDArray weight, INDArray bias) {}
}
