package dev.larkspur.engine;

/**
 * One feed-forward network by itself, on random weights and tokens: what benchmarks measure. Each
 * call returns when the device has done its work. Used by one thread.
 */
public interface FfnWorkload extends AutoCloseable {

  /** Weights of the network, without its biases. */
  long parameters();

  /** All tokens through the network, as inference does: nothing is kept for a backward pass. */
  void forward();

  /** The same as training does, and then the gradients of the input and of all weights. */
  void forwardAndBackward();

  @Override
  void close();
}
