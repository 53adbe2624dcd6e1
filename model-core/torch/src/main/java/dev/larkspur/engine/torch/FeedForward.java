package dev.larkspur.engine.torch;

import dev.larkspur.engine.torch.GuidedProjection.GuideWeight;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A feed-forward network: GELU between two projections, or SwiGLU if there is a gate. */
final class FeedForward {
  private final GuideWeight guideWeight = new GuideWeight();
  private final Projection gate;
  private final Projection up;
  private final Projection down;

  private FeedForward(Weights weights, String name) {
    boolean gated = Projection.isStored(weights, name + ".gate");
    this.gate = gated ? GuidedProjection.of(weights, name + ".gate", guideWeight) : null;
    this.up = GuidedProjection.of(weights, name + ".up", guideWeight);
    this.down = GuidedProjection.of(weights, name + ".down", guideWeight);
  }

  /** The network stored under a name. */
  static FeedForward of(Weights weights, String name) {
    return new FeedForward(weights, name);
  }

  /** x and result: [..., hidden]. */
  Tensor apply(Tensor x) {
    Tensor inner = gate == null ? torch.gelu(up.apply(x)) : gated(x);
    return down.apply(inner);
  }

  private Tensor gated(Tensor x) {
    return torch.silu(gate.apply(x)).mul(up.apply(x));
  }

  /** Sets the weight of the guides, if there are any. */
  void guide(double weight) {
    guideWeight.set(weight);
  }

  /** Gives the guides their initial values. */
  void startGuides() {
    if (gate != null) {
      gate.startGuide();
    }
    up.startGuide();
    down.startGuide();
  }
}
