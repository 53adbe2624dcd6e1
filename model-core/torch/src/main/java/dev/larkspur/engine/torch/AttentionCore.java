package dev.larkspur.engine.torch;

import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** Causal attention over heads, without the projections around it, with a backward pass. */
interface AttentionCore {

  /**
   * Computes softmax(q kᵀ + mask) v.
   *
   * @param q scaled queries, [sequences, queryHeads, length, headDim], contiguous
   * @param k keys, [sequences, kvHeads, length, headDim], contiguous
   * @param v values, of the same shape
   */
  CorePass pass(Tensor q, Tensor k, Tensor v, SavedTensors saved);

  /**
   * A forward pass and its backward pass.
   *
   * @param output [sequences, queryHeads, length, headDim]
   * @param gradients maps the gradient with respect to the output to those of the inputs
   */
  record CorePass(Tensor output, Function<Tensor, Gradients> gradients) {}

  /** The gradients with respect to q, k and v, of their shapes and types. */
  record Gradients(Tensor q, Tensor k, Tensor v) {}
}
