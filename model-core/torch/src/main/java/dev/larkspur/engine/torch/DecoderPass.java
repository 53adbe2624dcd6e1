package dev.larkspur.engine.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * A forward pass through the layers as one graph for each, so that the backward pass goes layer by
 * layer, last to first, and says when the gradient of each is complete. The arithmetic is that of
 * one graph.
 */
final class DecoderPass {
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> outputs = new ArrayList<>();
  private Tensor states;

  /** Begins with [sequences, length, hidden]. */
  DecoderPass(Tensor embedded) {
    states = embedded;
  }

  /** Applies the next layer. */
  void through(UnaryOperator<Tensor> layer) {
    Tensor input = states.detach();
    input.set_requires_grad(true);
    Tensor output = layer.apply(input);
    inputs.add(input);
    outputs.add(output);
    states = output;
  }

  /** What came out of the last layer, [sequences, length, hidden]; outside any graph. */
  Tensor output() {
    return states.detach();
  }

  /**
   * Adds the gradients of all layers' parameters.
   *
   * @param gradient with respect to {@link #output}
   * @param completed called after each layer with its number, last to first
   * @return the gradient with respect to what the pass began with
   */
  Tensor backward(Tensor gradient, IntConsumer completed) {
    Tensor flowing = gradient;
    for (int layer = outputs.size() - 1; layer >= 0; layer--) {
      outputs
          .get(layer)
          .backward(flowing, new BoolOptional(false), false, new TensorArrayRefOptional());
      flowing = inputs.get(layer).grad();
      completed.accept(layer);
    }
    return flowing;
  }
}
