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

  /**
   * The network with its backward pass.
   *
   * @param x [tokens, hidden], in the type of the computation, as is the output
   */
  Pass pass(Tensor x, SavedTensors saved) {
    return gate == null ? gelu(x, saved) : swiGlu(x, saved);
  }

  private Pass gelu(Tensor x, SavedTensors saved) {
    Pass upper = up.pass(x, saved);
    Tensor h = saved.save(upper.output());
    Pass lower = down.pass(torch.gelu(h), saved);
    return new Pass(
        lower.output(),
        gradient -> upper.backward(torch.gelu_backward(lower.backward(gradient), h)));
  }

  private Pass swiGlu(Tensor x, SavedTensors saved) {
    Pass gating = gate.pass(x, saved);
    Pass upper = up.pass(x, saved);
    Tensor g = saved.save(gating.output());
    Tensor h = saved.save(upper.output());
    Pass lower = down.pass(torch.silu(g).mul_(h), saved);
    return new Pass(
        lower.output(),
        gradient -> {
          Tensor inner = lower.backward(gradient);
          Tensor inputGradient = upper.backward(torch.silu(g).mul_(inner));
          return inputGradient.add_(gating.backward(torch.silu_backward(inner.mul_(h), g)));
        });
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
