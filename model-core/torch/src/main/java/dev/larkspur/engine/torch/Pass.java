package dev.larkspur.engine.torch;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A forward pass through a module, and its hand-written backward pass.
 *
 * @param output of the module
 * @param gradient maps the gradient with respect to the output to that with respect to the input,
 *     and adds the gradients of the parameters; to be called once, before the {@link SavedTensors}
 *     of the forward pass are closed
 */
record Pass(Tensor output, UnaryOperator<Tensor> gradient) {

  /**
   * Runs the backward pass.
   *
   * @param outputGradient of the same shape and type as the output
   */
  Tensor backward(Tensor outputGradient) {
    return gradient.apply(outputGradient);
  }
}
