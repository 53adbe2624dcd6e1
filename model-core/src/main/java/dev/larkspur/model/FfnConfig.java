package dev.larkspur.model;

import java.io.Serializable;
import java.util.Optional;

/**
 * The feed-forward networks: hidden → {@code dim} → activation → hidden.
 *
 * @param dim inner width
 * @param structure how their matrices are stored
 * @param firstLayer how those of the first layer are stored; the paper keeps them dense (section 3)
 * @param activation between the matrices; GELU in the paper
 */
public record FfnConfig(
    int dim, FfnStructure structure, FfnStructure firstLayer, Activation activation)
    implements Serializable {
  public FfnConfig {
    if (dim < 1) {
      throw new IllegalArgumentException(
          "the FFN's inner width is " + dim + ": it must be at least 1");
    }
  }

  /** As in the paper: GELU, and a dense first layer. */
  public static FfnConfig paper(int dim, FfnStructure structure) {
    return new FfnConfig(dim, structure, new FfnStructure.Dense(), Activation.GELU);
  }

  /** The structure used by layer {@code layer}, counted from 0. */
  public FfnStructure structureOf(int layer) {
    return layer == 0 ? firstLayer : structure;
  }

  /** The same with a guide beside each structured matrix. */
  FfnConfig guided() {
    return new FfnConfig(dim, structure.guided(), firstLayer.guided(), activation);
  }

  /** Why a model with a hidden dim cannot have these networks; empty if it can. */
  Optional<String> misfit(int hidden) {
    return structure
        .misfit(dim, hidden)
        .or(() -> structure.misfit(hidden, dim))
        .or(() -> firstLayer.misfit(dim, hidden))
        .or(() -> firstLayer.misfit(hidden, dim));
  }

  /** The activation between the matrices of a feed-forward network. */
  public enum Activation {
    /** down(GELU(up(x))), with the exact GELU x·Φ(x), as in the paper. */
    GELU(2),
    /** down(SiLU(gate(x)) · up(x)) (Shazeer, arXiv 2002.05202), with a third matrix. */
    SWIGLU(4);

    private final int innerValues;

    Activation(int innerValues) {
      this.innerValues = innerValues;
    }

    /** Number of tensors of the inner width in a forward pass. */
    public int innerValues() {
      return innerValues;
    }
  }
}
