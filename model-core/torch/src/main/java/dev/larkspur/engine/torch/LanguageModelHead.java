package dev.larkspur.engine.torch;

import dev.larkspur.engine.LogitChunk;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Logits, cross-entropy and their gradients, hand-written. The matrix may be a tied embedding. With
 * p = softmax(h Wᵀ), the gradient with respect to the logits is p − onehot(label). It replaces the
 * logits in place, in the type of the computation, a chunk of tokens at a time.
 */
final class LanguageModelHead {
  private static final long[] LAST = {1};

  /** Logits of a block on a CPU: 8 MB in fp32, which its caches hold. */
  private static final long CPU_BLOCK_ELEMENTS = 1L << 21;

  /** On a GPU: 64 MB in fp32. */
  private static final long GPU_BLOCK_ELEMENTS = 1L << 24;

  private final WeightMatrix projection;

  /**
   * Creates a head.
   *
   * @param projection [vocabulary, hidden]
   */
  LanguageModelHead(WeightMatrix projection) {
    this.projection = projection;
  }

  /** The head of a model, with its own matrix or that of the embedding. */
  static LanguageModelHead of(Weights weights) {
    return new LanguageModelHead(weights.matrix(matrixName(weights)));
  }

  /** Name of the matrix that states are multiplied with. */
  static String matrixName(Weights weights) {
    return weights.has("head.weight") ? "head.weight" : "embedding.weight";
  }

  /**
   * Summed negative log-likelihood of labels [tokens] after states [tokens, hidden].
   *
   * @return [1], in double precision; a GPU has not computed it yet
   */
  Tensor loss(Tensor states, Tensor labels) {
    return run(states, labels, null, 0);
  }

  /**
   * The same, and the gradient of {@code weight} times it: added to the matrix's, and written to
   * {@code stateGradient} [tokens, hidden].
   */
  Tensor lossAndGradient(Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    return run(states, labels, stateGradient, weight);
  }

  private Tensor run(Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    long tokens = states.size(0);
    long chunk = LogitChunk.rows(tokens, Math.toIntExact(projection.value().size(0)));
    Tensor loss = zero(states);
    for (long from = 0; from < tokens; from += chunk) {
      long size = Math.min(chunk, tokens - from);
      try (PointerScope scope = new PointerScope()) {
        Tensor gradient = stateGradient == null ? null : stateGradient.narrow(0, from, size);
        loss.add_(
            chunk(states.narrow(0, from, size), labels.narrow(0, from, size), gradient, weight));
      }
    }
    return loss;
  }

  /** One chunk; its tensors live until the innermost scope is closed. */
  Tensor chunk(Tensor states, Tensor labels, Tensor stateGradient, double weight) {
    Tensor h = states.to(projection.value().scalar_type());
    Tensor logits = projection.multiply(h);
    Tensor loss = lossInPlace(logits, labels);
    if (stateGradient != null) {
      stateGradient.copy_(projection.multiplyTransposed(logits)).mul_(new Scalar(weight));
      projection.addGradient(logits, h, weight);
    }
    return loss;
  }

  /**
   * Replaces logits by their gradient.
   *
   * @param logits [tokens, vocabulary]
   * @return the summed loss, in double precision: [1]
   */
  private static Tensor lossInPlace(Tensor logits, Tensor labels) {
    long tokens = logits.size(0);
    long elements = logits.is_cpu() ? CPU_BLOCK_ELEMENTS : GPU_BLOCK_ELEMENTS;
    long rows = Math.max(1, elements / logits.size(1));
    Tensor loss = zero(logits);
    for (long from = 0; from < tokens; from += rows) {
      long size = Math.min(rows, tokens - from);
      try (PointerScope scope = new PointerScope()) {
        loss.add_(
            blockInPlace(logits.narrow(0, from, size), labels.narrow(0, from, size).unsqueeze(1)));
      }
    }
    return loss;
  }

  /**
   * The same for a block of few tokens. The loss of a token is log Σ exp(logits) − logit(label),
   * and the largest probability is exp(largest logit) / Σ exp(logits), which cannot underflow.
   */
  private static Tensor blockInPlace(Tensor logits, Tensor label) {
    Tensor full =
        logits.scalar_type().intern() == ScalarType.BFloat16 ? logits.to(ScalarType.Float) : logits;
    Tensor labelLogit = full.gather(1, label);
    Tensor largest = full.amax(LAST, true);
    Tensor probabilities = torch.softmax(full, 1);
    Tensor logSum = largest.sub_(probabilities.amax(LAST, true).log_());
    probabilities.scatter_add_(1, label, torch.full_like(labelLogit, new Scalar(-1.0)));
    logits.copy_(probabilities);
    return logSum.sub_(labelLogit).to(ScalarType.Double).sum();
  }

  /** In double precision, on the device of a tensor: [1]. */
  private static Tensor zero(Tensor like) {
    return torch.zeros(
        new long[] {1}, like.options().dtype(new ScalarTypeOptional(ScalarType.Double)));
  }
}
