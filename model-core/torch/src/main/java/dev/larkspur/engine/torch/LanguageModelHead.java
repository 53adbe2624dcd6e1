package dev.larkspur.engine.torch;

import dev.larkspur.engine.LogitChunk;
import dev.larkspur.engine.Precision;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Logits, cross-entropy and their gradients, hand-written. The matrix may be a tied embedding. with
 * p = softmax(h Wᵀ), the gradient with respect to the logits is p − onehot(label). The logits are
 * replaced by that gradient in place, one chunk of tokens at a time, which takes one buffer instead
 * of one per node of a graph.
 */
final class LanguageModelHead {
  private final Tensor projection;
  private final Tensor projectionGradient;
  private final boolean bf16;

  /** Matrix and its gradient: [vocabulary, hidden]. */
  LanguageModelHead(Tensor projection, Tensor projectionGradient, Precision precision) {
    this.projection = projection;
    this.projectionGradient = projectionGradient;
    this.bf16 = precision == Precision.BF16;
  }

  /** The head of a model, with its own matrix or that of the embedding. */
  static LanguageModelHead of(Weights weights, Precision precision) {
    String name = matrixName(weights);
    return new LanguageModelHead(weights.value(name), weights.gradient(name), precision);
  }

  /** Name of the matrix that states are multiplied with. */
  static String matrixName(Weights weights) {
    return weights.has("head.weight") ? "head.weight" : "embedding.weight";
  }

  /** Summed negative log-likelihood of labels [tokens] after states [tokens, hidden]. */
  double loss(Tensor states, Tensor labels) {
    return run(states, labels, null, 0);
  }

  /**
   * The same, and the gradient of {@code weight} times it: added to the matrix's, and written to
   * {@code stateGradient} [tokens, hidden].
   */
  double lossAndGradient(Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    return run(states, labels, stateGradient, weight);
  }

  /** Scores after states [tokens, hidden]: [tokens, vocabulary]. */
  Tensor logits(Tensor states) {
    return states.mm(projection.detach().t());
  }

  private double run(Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    double loss = 0;
    long tokens = states.size(0);
    long chunk = LogitChunk.rows(tokens, Math.toIntExact(projection.size(0)));
    try (PointerScope scope = new PointerScope()) {
      Tensor matrix = compute(projection.detach());
      for (long from = 0; from < tokens; from += chunk) {
        long size = Math.min(chunk, tokens - from);
        try (PointerScope chunkScope = new PointerScope()) {
          Tensor gradient = stateGradient == null ? null : stateGradient.narrow(0, from, size);
          loss +=
              chunk(
                  matrix,
                  states.narrow(0, from, size),
                  labels.narrow(0, from, size),
                  gradient,
                  weight);
        }
      }
    }
    return loss;
  }

  /** One chunk; its tensors live until the innermost scope is closed. */
  double chunk(Tensor matrix, Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    Tensor h = compute(states);
    Tensor logits = h.mm(matrix.t());
    Tensor logProbabilities = torch.log_softmax(bf16 ? logits.to(ScalarType.Float) : logits, 1);
    Tensor label = labels.unsqueeze(1);
    double loss = -logProbabilities.gather(1, label).to(ScalarType.Double).sum().item_double();
    if (stateGradient != null) {
      Tensor difference = logProbabilities.exp_();
      difference.scatter_add_(
          1, label, torch.full_like(label, new Scalar(-1.0)).to(difference.scalar_type()));
      Tensor delta = compute(difference);
      Scalar one = new Scalar(1.0);
      Scalar scale = new Scalar(weight);
      if (bf16) {
        stateGradient.copy_(delta.mm(matrix)).mul_(scale);
        projectionGradient.add_(delta.t().mm(h), scale);
      } else {
        torch.addmm_out(stateGradient, stateGradient, delta, matrix, new Scalar(0.0), scale);
        projectionGradient.addmm_(delta.t(), h, one, scale);
      }
    }
    return loss;
  }

  private Tensor compute(Tensor tensor) {
    return bf16 ? tensor.to(ScalarType.BFloat16) : tensor;
  }
}
