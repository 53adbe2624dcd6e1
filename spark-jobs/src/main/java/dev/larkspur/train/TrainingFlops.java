package dev.larkspur.train;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.Settings;

/** Floating-point operations of a training, as the papers' tables count them. */
public final class TrainingFlops {
  private TrainingFlops() {}

  /**
   * Operations of the first steps, those of guides included; of guides that are drawn, the
   * expectation.
   *
   * @param step updates done
   */
  public static double of(Settings settings, ModelConfig model, long step) {
    ModelSize size = ModelSize.of(model);
    SelfGuidance guidance = settings.training().guidance(model.context(), settings.run().seed());
    long tokensPerStep = (long) settings.training().globalBatch() * model.context();
    return size.trainingFlops(step * tokensPerStep)
        + size.guideFlops(guidance.guidedSteps(step) * tokensPerStep);
  }
}
