package dev.larkspur.engine;

/** Parts of a training step, as profiles name them, in the order in which they run. */
public enum StepPart {
  /** Token ids to embedded tokens. */
  EMBEDDING,
  /** Forward passes of attention, each with the norm before it. */
  ATTENTION,
  /** Forward passes of feed-forward networks, each with the norm before it. */
  FFN,
  /** The final norm, logits and loss, and their backward pass. */
  HEAD,
  /** Backward passes of feed-forward networks. */
  FFN_BACKWARD,
  /** Backward passes of attention. */
  ATTENTION_BACKWARD,
  /** Gradient of the embedding. */
  EMBEDDING_BACKWARD,
  /** Norm of the gradient. */
  GRADIENT_NORM,
  /** Update of the parameters, with the clipping of the gradient. */
  OPTIMIZER
}
