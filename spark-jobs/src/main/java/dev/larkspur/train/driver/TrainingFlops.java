package dev.larkspur.train.driver;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.TrainingSettings;

/** Floating-point operations of a training, as the papers' tables count them. */
public final class TrainingFlops {
  private TrainingFlops() {}

  /**
   * Operations of the first steps, including those of guides; the expected value if guides are
   * drawn at random.
   *
   * @param step updates done
   */
  public static double of(TrainingSettings training, ModelConfig model, long step) {
    ModelSize size = ModelSize.of(model);
    // How many steps are guided does not depend on the seed.
    SelfGuidance guidance = training.guidance(model.context(), 0);
    long tokensPerStep = (long) training.globalBatch() * model.context();
    return size.trainingFlops(step * tokensPerStep)
        + size.guideFlops(guidance.guidedSteps(step) * tokensPerStep);
  }
}
