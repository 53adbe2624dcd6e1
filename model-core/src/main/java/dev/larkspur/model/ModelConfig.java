package dev.larkspur.model;

import java.io.Serializable;

/**
 * The decoder of the paper (appendix A): pre-LayerNorm, RoPE, causal attention, GELU feed-forward,
 * biases everywhere but in the language-model head, whose matrix is the embedding.
 *
 * @param vocabulary token ids are in [0, vocabulary)
 * @param context tokens of one sequence
 * @param hiddenDim width of the residual stream
 * @param layers decoder layers
 * @param attention shape of the attention
 * @param ffn shape and structure of the feed-forward networks
 * @param ropeBase base of the rotary embedding's frequencies; 10,000 in the paper
 * @param normEpsilon added to the variance by LayerNorm; 1e-5 in the paper
 * @param initStd standard deviation of the initial weights; 0.02 in the paper
 */
public record ModelConfig(
    int vocabulary,
    int context,
    int hiddenDim,
    int layers,
    AttentionConfig attention,
    FfnConfig ffn,
    double ropeBase,
    double normEpsilon,
    double initStd)
    implements Serializable {

  public static final double PAPER_ROPE_BASE = 10_000;
  public static final double PAPER_NORM_EPSILON = 1e-5;
  public static final double PAPER_INIT_STD = 0.02;

  public ModelConfig {
    if (vocabulary < 1 || context < 1 || hiddenDim < 1 || layers < 1) {
      throw new IllegalArgumentException(
          "vocabulary %d, context %d, hidden width %d and layers %d must all be at least 1"
              .formatted(vocabulary, context, hiddenDim, layers));
    }
    for (FfnStructure structure : new FfnStructure[] {ffn.structure(), ffn.firstLayer()}) {
      if (structure instanceof FfnStructure.LowRank lowRank
          && lowRank.matrixRank() > Math.min(hiddenDim, ffn.dim())) {
        throw new IllegalArgumentException(
            "rank %d is above the smaller side of the FFN's %d x %d matrices"
                .formatted(lowRank.matrixRank(), hiddenDim, ffn.dim()));
      }
    }
  }
}
