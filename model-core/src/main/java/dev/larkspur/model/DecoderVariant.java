package dev.larkspur.model;

import java.io.Serializable;

/**
 * Options in which decoders of the same shape differ.
 *
 * @param norm how inputs are normalised
 * @param normEpsilon added to the variance or mean square; 1e-5 in the paper
 * @param positions how positions are encoded
 * @param biases which projections have biases; the language-model head never has
 * @param residual what the feed-forward network of a layer reads
 * @param tiedEmbedding whether the head's matrix is the embedding
 */
public record DecoderVariant(
    Norm norm,
    double normEpsilon,
    Positions positions,
    Biases biases,
    Residual residual,
    boolean tiedEmbedding)
    implements Serializable {

  /** The paper's decoder (appendix A): LayerNorm, RoPE, biases, tied embedding. */
  public static final DecoderVariant PAPER =
      new DecoderVariant(
          Norm.LAYER_NORM,
          1e-5,
          new Positions.Rotary(Positions.Rotary.PAPER_BASE),
          Biases.ALL,
          Residual.SEQUENTIAL,
          true);

  /** How the input of each block is normalised. */
  public enum Norm {
    /** By mean and variance (Ba et al., arXiv 1607.06450), as in the paper. */
    LAYER_NORM,
    /** By the root mean square, without a bias (Zhang and Sennrich, arXiv 1910.07467). */
    RMS_NORM
  }

  /** Which projections have biases. */
  public enum Biases {
    /** All of them, and layer norms, as in the paper. */
    ALL,
    /** Those of queries, keys and values only, as in Qwen2. */
    QKV,
    NONE
  }

  /** What the feed-forward network of a layer reads. */
  public enum Residual {
    /** The sum of the layer's input and its attention, as in the paper. */
    SEQUENTIAL,
    /** The layer's input, as its attention does; both are added to it, as in GPT-NeoX. */
    PARALLEL
  }
}
