package dev.larkspur.model;

import java.io.Serializable;

/**
 * Options in which decoders of the same shape differ.
 *
 * @param norm how inputs are normalised
 * @param normEpsilon added to the variance or mean square; 1e-5 in the paper
 * @param positions how positions are encoded
 * @param biases whether projections and layer norms have biases; the language-model head never has
 * @param tiedEmbedding whether the head's matrix is the embedding
 */
public record DecoderVariant(
    Norm norm, double normEpsilon, Positions positions, boolean biases, boolean tiedEmbedding)
    implements Serializable {

  /** The paper's decoder (appendix A): LayerNorm, RoPE, biases, tied embedding. */
  public static final DecoderVariant PAPER =
      new DecoderVariant(
          Norm.LAYER_NORM, 1e-5, new Positions.Rotary(Positions.Rotary.PAPER_BASE), true, true);

  /** How the input of each block is normalised. */
  public enum Norm {
    /** By mean and variance (Ba et al., arXiv 1607.06450), as in the paper. */
    LAYER_NORM,
    /** By the root mean square, without a bias (Zhang and Sennrich, arXiv 1910.07467). */
    RMS_NORM
  }

  /** How the model encodes positions. */
  public sealed interface Positions extends Serializable {

    /**
     * Rotary embedding of queries and keys (Su et al., arXiv 2104.09864), as in the paper.
     *
     * @param base of its frequencies; 10,000 in the paper
     */
    record Rotary(double base) implements Positions {
      public static final double PAPER_BASE = 10_000;
    }

    /** A learned vector for each position of the context, added to the token's. */
    record Learned() implements Positions {}
  }
}
