package dev.larkspur.model;

import java.io.Serializable;

/**
 * What decoders of the same shape differ in.
 *
 * @param norm how inputs are normalised
 * @param normEpsilon added to the variance or mean square; 1e-5 in the paper
 * @param positions how places of tokens are told
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
}
