package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A structured projection with a dense guide: α·W x + (1−α)·U (V x) + bias (self-guided training).
 */
final class GuidedProjection implements Projection {
  private final Projection plain;
  private final Projection factors;
  private final Projection stored;
  private final Tensor storedGuide;
  private final WeightMatrix guide;
  private final Bias bias;
  private final GuideWeight weight;

  private GuidedProjection(Weights weights, String name, GuideWeight weight) {
    this.plain = Projection.of(weights, name);
    this.factors = Projection.of(weights, name, Bias.NONE);
    this.stored =
        Projection.ofFactors(
            new WeightMatrix(weights.value(name + ".u.weight"), null),
            new WeightMatrix(weights.value(name + ".v.weight"), null),
            Bias.NONE);
    this.storedGuide = weights.value(name + ".guide.weight");
    this.guide = weights.matrix(name + ".guide.weight");
    this.bias = weights.bias(name + ".bias");
    this.weight = weight;
  }

  /** The projection of that name, which is plain if it has no guide. */
  static Projection of(Weights weights, String name, GuideWeight weight) {
    return weights.has(name + ".guide.weight")
        ? new GuidedProjection(weights, name, weight)
        : Projection.of(weights, name);
  }

  @Override
  public Pass pass(Tensor x, SavedTensors saved) {
    double alpha = weight.alpha();
    if (alpha == 0) {
      return plain.pass(x, saved);
    }
    Tensor input = saved.save(x);
    Pass structured = factors.pass(x, saved);
    return new Pass(
        bias.addTo(mixture(structured.output(), x, alpha)),
        gradient -> {
          bias.addGradient(gradient);
          guide.addGradient(gradient, input, alpha);
          Tensor inputGradient = structured.backward(gradient.mul(new Scalar(1 - alpha)));
          return inputGradient.addmm_(gradient, guide.value(), new Scalar(1.0), new Scalar(alpha));
        });
  }

  /** The guide's matrix product accumulates the mixture. */
  private Tensor mixture(Tensor structured, Tensor x, double alpha) {
    return torch.addmm(structured, x, guide.value().t(), new Scalar(1 - alpha), new Scalar(alpha));
  }

  /** Initializes the guide as the product of the factors, so that α has no effect at first. */
  @Override
  public void startGuide() {
    Tensor one = torch.eye(storedGuide.size(1), storedGuide.options());
    storedGuide.copy_(stored.apply(one).t());
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
