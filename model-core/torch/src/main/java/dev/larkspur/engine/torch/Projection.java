package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/** A learned affine map of the last axis, from [..., in] to [..., out]. */
interface Projection {

  /**
   * Computes the map of x [tokens, in], in the type of the computation, with its backward pass.
   *
   * @return a pass with output [tokens, out]
   */
  Pass pass(Tensor x, SavedTensors saved);

  /** The output alone. */
  default Tensor apply(Tensor x) {
    return pass(x, SavedTensors.NONE).output();
  }

  /** Gives a guide its initial values, if there is one. */
  default void startGuide() {}

  /**
   * The projection stored under a name: dense or a product of factors, depending on the stored
   * tensors.
   */
  static Projection of(Weights weights, String name) {
    return of(weights, name, weights.bias(name + ".bias"));
  }

  /** The same with another bias, or without one. */
  static Projection of(Weights weights, String name, Bias bias) {
    if (weights.has(name + ".weight")) {
      return new Dense(weights.matrix(name + ".weight"), bias);
    }
    Projection factors =
        ofFactors(weights.matrix(name + ".u.weight"), weights.matrix(name + ".v.weight"), bias);
    return weights
        .merged(name)
        .<Projection>map(product -> MergedProjection.of(factors, product, bias))
        .orElse(factors);
  }

  /** The projection by two factors, whose shapes determine its kind. */
  static Projection ofFactors(WeightMatrix u, WeightMatrix v, Bias bias) {
    if (v.value().dim() == 2) {
      return new LowRank(u, v, bias);
    }
    return u.value().dim() == 2
        ? new BlockDenseProjection(u, v, bias)
        : new BlockShuffleProjection(u, v, bias);
  }

  /** Whether there is a projection of that name. */
  static boolean isStored(Weights weights, String name) {
    return weights.has(name + ".weight") || weights.has(name + ".u.weight");
  }

  /**
   * W x + bias.
   *
   * @param weight W, [out, in]
   */
  record Dense(WeightMatrix weight, Bias bias) implements Projection {
    @Override
    public Pass pass(Tensor x, SavedTensors saved) {
      Tensor input = saved.save(x);
      return new Pass(
          weight.multiply(x, bias),
          gradient -> {
            bias.addGradient(gradient);
            weight.addGradient(gradient, input);
            return weight.multiplyTransposed(gradient);
          });
    }
  }

  /**
   * U (V x) + bias (paper, section 2).
   *
   * @param u [out, rank]
   * @param v [rank, in]
   */
  record LowRank(WeightMatrix u, WeightMatrix v, Bias bias) implements Projection {
    @Override
    public Pass pass(Tensor x, SavedTensors saved) {
      Tensor input = saved.save(x);
      Tensor inner = saved.save(v.multiply(x));
      return new Pass(
          u.multiply(inner, bias),
          gradient -> {
            bias.addGradient(gradient);
            u.addGradient(gradient, inner);
            Tensor innerGradient = u.multiplyTransposed(gradient);
            v.addGradient(innerGradient, input);
            return v.multiplyTransposed(innerGradient);
          });
    }
  }
}
