package dev.larkspur.engine.torch;

import dev.larkspur.engine.torch.Projection.Blocks;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A structured projection with a dense guide: α·W x + (1−α)·U (V x) + bias (self-guided training).
 * The guide's matrix product accumulates the mixture.
 */
final class GuidedProjection implements Projection {
  private final Projection plain;
  private final Projection factors;
  private final Tensor guide;
  private final TensorOptional bias;
  private final GuideWeight weight;

  private GuidedProjection(Weights weights, String name, GuideWeight weight) {
    this.plain = Projection.of(weights, name);
    this.factors = Projection.of(weights, name, new TensorOptional());
    this.guide = weights.value(name + ".guide.weight");
    this.bias = weights.optional(name + ".bias");
    this.weight = weight;
  }

  /** The projection of that name, which is plain if it has no guide. */
  static Projection of(Weights weights, String name, GuideWeight weight) {
    return weights.has(name + ".guide.weight")
        ? new GuidedProjection(weights, name, weight)
        : Projection.of(weights, name);
  }

  @Override
  public Tensor apply(Tensor x) {
    double alpha = weight.alpha();
    if (alpha == 0) {
      return plain.apply(x);
    }
    Tensor structured = factors.apply(x).reshape(-1, guide.size(0));
    Tensor mixed =
        torch.addmm(
            structured,
            x.reshape(-1, guide.size(1)),
            guide.t(),
            new Scalar(1 - alpha),
            new Scalar(alpha));
    return Blocks.like(x, bias.has_value() ? mixed.add(bias.get()) : mixed, guide.size(0));
  }

  /** Initializes the guide as the product of the factors, so that α has no effect at first. */
  @Override
  public void startGuide() {
    Tensor one = torch.eye(guide.size(1), guide.options());
    guide.copy_(factors.apply(one).t());
  }

  /** α of the guides of a layer, which training changes from step to step; initially 0. */
  static final class GuideWeight {
    private double alpha;

    void set(double given) {
      if (!(given >= 0 && given <= 1)) {
        throw new IllegalArgumentException(
            "a guide's weight is " + given + ": must be from 0 to 1");
      }
      alpha = given;
    }

    double alpha() {
      return alpha;
    }
  }
}
