package dev.larkspur.engine.torch;

import dev.larkspur.engine.EngineException;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.Optimizer;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The update rule of an optimiser on tensors of one device. */
interface TorchOptimizer {

  /**
   * Applies one update; all tensors have the same length.
   *
   * @param state tensors by the optimiser's names
   * @param step number of this update, from 1
   * @param gradientScale factor on the gradient
   */
  void update(
      Tensor parameters,
      Tensor gradient,
      Map<String, Tensor> state,
      double learningRate,
      long step,
      double gradientScale);

  /**
   * Returns the implementation of an optimiser.
   *
   * @throws EngineException if this engine has none
   */
  static TorchOptimizer of(Optimizer optimizer, TorchDevice device) {
    if (optimizer instanceof AdamW adamW) {
      return new FusedAdamW(adamW, device);
    }
    if (optimizer instanceof Optimizer.None) {
      return (parameters, gradient, state, learningRate, step, gradientScale) -> {
        throw new IllegalStateException("this replica is only read");
      };
    }
    throw new EngineException(
        "the engine torch does not know the optimiser %s: use AdamW, or another engine"
            .formatted(optimizer.getClass().getSimpleName()));
  }
}
