package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Token embeddings and, if the model has them, learned positions, with a hand-written backward
 * pass.
 */
final class Embedding {
  private static final String TOKENS = "embedding.weight";
  private static final String POSITIONS = "positions.weight";

  private final Weights weights;

  Embedding(Weights weights) {
    this.weights = weights;
  }

  /** Ids [sequences, length], each sequence from position 0, to [sequences, length, hidden]. */
  Tensor apply(Tensor ids) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      Tensor embedded = tokens(ids);
      return weights.has(POSITIONS)
          ? embedded.add_(weights.value(POSITIONS).narrow(0, 0, ids.size(1)))
          : embedded;
    }
  }

  /**
   * One token per sequence to [sequences, 1, hidden].
   *
   * @param ids [sequences, 1]
   * @param positions of the tokens: [sequences]
   */
  Tensor apply(Tensor ids, Tensor positions) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      Tensor embedded = tokens(ids);
      return weights.has(POSITIONS)
          ? embedded.add_(torch.index_select(weights.value(POSITIONS), 0, positions).unsqueeze(1))
          : embedded;
    }
  }

  private Tensor tokens(Tensor ids) {
    Tensor tokens = weights.value(TOKENS);
    return torch
        .index_select(tokens, 0, ids.reshape(-1))
        .view(ids.size(0), ids.size(1), tokens.size(1));
  }

  /**
   * Adds the gradients of tokens and positions.
   *
   * @param ids [sequences, length]
   * @param gradient with respect to the result of {@link #apply}, [sequences, length, hidden]
   */
  void addGradient(Tensor ids, Tensor gradient) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      weights
          .gradient(TOKENS)
          .settled()
          .index_add_(0, ids.reshape(-1), gradient.view(-1, gradient.size(2)));
      if (weights.has(POSITIONS)) {
        weights.gradient(POSITIONS).settled().narrow(0, 0, ids.size(1)).add_(gradient.sum(0));
      }
    }
  }
}
