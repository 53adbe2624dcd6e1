package dev.larkspur.engine;

/**
 * A single feed-forward network with random weights and tokens, for benchmarks. Each call returns
 * when the device has finished. Not thread-safe.
 */
public interface FfnWorkload extends AutoCloseable {

  /** Number of weights of the network, without biases. */
  long parameters();

  /**
   * Runs the network on all tokens, as in inference, without keeping values for a backward pass.
   */
  void forward();

  /**
   * Runs the network as in training, then computes the gradients of the input and of all weights.
   */
  void forwardAndBackward();

  @Override
  void close();
}
