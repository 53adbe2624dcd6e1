package dev.larkspur.engine;

/** What a forward pass keeps for its backward pass (Chen et al., arXiv 1604.06174). */
public enum ActivationCheckpointing {
  /** All that the backward pass reads. */
  NONE,
  /**
   * Only the input of each layer. The backward pass runs each layer forward again, which makes a
   * pass about a third longer; the results are the same, to the bit.
   */
  LAYERS
}
