package dev.larkspur.model;

import java.io.Serializable;

/**
 * A pre-norm decoder with causal attention.
 *
 * @param dimensions sizes of the decoder
 * @param attention shape of the attention
 * @param ffn shape and structure of the feed-forward networks
 * @param variant norm, positions, biases and head
 * @param initStd standard deviation of the initial weights; 0.02 in the paper
 */
public record ModelConfig(
    Dimensions dimensions,
    AttentionConfig attention,
    FfnConfig ffn,
    DecoderVariant variant,
    double initStd)
    implements Serializable {

  public static final double PAPER_INIT_STD = 0.02;

  /**
   * Sizes of a decoder.
   *
   * @param vocabulary token ids are in [0, vocabulary)
   * @param context tokens of one sequence
   * @param hiddenDim width of the residual stream
   * @param layers decoder layers
   */
  public record Dimensions(int vocabulary, int context, int hiddenDim, int layers)
      implements Serializable {

    /** Checks that all sizes are positive. */
    public Dimensions {
      if (vocabulary < 1 || context < 1 || hiddenDim < 1 || layers < 1) {
        throw new IllegalArgumentException(
            "vocabulary %d, context %d, hidden width %d and layers %d must all be at least 1"
                .formatted(vocabulary, context, hiddenDim, layers));
      }
    }
  }

  public ModelConfig {
    ffn.misfit(dimensions.hiddenDim())
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
    if (variant.positions() instanceof Positions.Rotary rotary) {
      int rotated = rotary.rotated(attention.headDim());
      if (rotated < 2 || rotated % 2 != 0) {
        throw new IllegalArgumentException(
            "rotary embedding rotates pairs, and %d coordinates of a head of width %d / %d = %d"
                .formatted(rotated, attention.dim(), attention.queryHeads(), attention.headDim()));
      }
    }
  }

  /** Token ids are in [0, vocabulary). */
  public int vocabulary() {
    return dimensions.vocabulary();
  }

  /** Tokens of one sequence. */
  public int context() {
    return dimensions.context();
  }

  /** Width of the residual stream. */
  public int hiddenDim() {
    return dimensions.hiddenDim();
  }

  /** Decoder layers. */
  public int layers() {
    return dimensions.layers();
  }

  /** The same model with a dense guide beside each structured matrix, for self-guided training. */
  public ModelConfig guided() {
    return new ModelConfig(dimensions, attention, ffn.guided(), variant, initStd);
  }

  /** The same model with another context. */
  public ModelConfig withContext(int other) {
    Dimensions changed = new Dimensions(vocabulary(), other, hiddenDim(), layers());
    return new ModelConfig(changed, attention, ffn, variant, initStd);
  }

  /** The decoder of the paper (appendix A) with given sizes. */
  public static ModelConfig paper(
      int vocabulary,
      int context,
      int hiddenDim,
      int layers,
      AttentionConfig attention,
      FfnConfig ffn) {
    return new ModelConfig(
        new Dimensions(vocabulary, context, hiddenDim, layers),
        attention,
        ffn,
        DecoderVariant.PAPER,
        PAPER_INIT_STD);
  }
}
