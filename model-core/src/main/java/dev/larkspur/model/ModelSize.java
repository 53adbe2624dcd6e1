package dev.larkspur.model;

/**
 * Counts of a model, as the paper reports them.
 *
 * @param parameters number of parameters; a tied embedding counts once
 * @param ffnParameters weights of the feed-forward networks, without biases (the paper's column
 *     "FFN")
 * @param matmulParameters weights in matrix products, including that of the logits
 * @param guideParameters weights of the dense guides in self-guided training; not part of the other
 *     counts
 * @param attentionFlopsPerToken forward operations of QKᵀ and of its product with V, for one token
 *     of a full context
 */
public record ModelSize(
    long parameters,
    long ffnParameters,
    long matmulParameters,
    long guideParameters,
    long attentionFlopsPerToken) {

  public static ModelSize of(ModelConfig config) {
    ParameterTable table = ParameterTable.of(config);
    long ffn = 0;
    long matmul = 0;
    for (Parameter matrix : table.matrices()) {
      matmul += matrix.size();
      if (matrix.name().contains(".ffn.")) {
        ffn += matrix.size();
      }
    }
    long guides = ParameterTable.of(config.guided()).length() - table.length();
    long attention = 4L * config.context() * config.attention().dim() * config.layers();
    return new ModelSize(table.length(), ffn, matmul, guides, attention);
  }

  /**
   * Forward floating-point operations for one token of a full context: 2 for each weight, plus
   * attention.
   */
  public long forwardFlopsPerToken() {
    return 2 * matmulParameters + attentionFlopsPerToken;
  }

  /**
   * Training floating-point operations as the paper's tables count them: forward once, backward
   * twice, and attention not halved for the causal mask.
   */
  public double trainingFlops(long tokens) {
    return 3.0 * tokens * forwardFlopsPerToken();
  }

  /** FLOPs that guides add to {@link #trainingFlops} for the tokens that they process. */
  public double guideFlops(double tokens) {
    return 3.0 * tokens * 2 * guideParameters;
  }
}
