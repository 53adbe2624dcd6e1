package dev.larkspur.model;

import java.io.Serializable;

/**
 * The feed-forward networks: hidden → {@code dim} → GELU → hidden.
 *
 * @param dim inner width
 * @param structure how its two matrices are stored
 * @param firstLayer how those of the first layer are; the paper keeps them dense (section 3)
 */
public record FfnConfig(int dim, FfnStructure structure, FfnStructure firstLayer)
    implements Serializable {
  public FfnConfig {
    if (dim < 1) {
      throw new IllegalArgumentException(
          "the FFN's inner width is " + dim + ": it must be at least 1");
    }
  }

  /** The structure used by layer {@code layer}, counted from 0. */
  public FfnStructure structureOf(int layer) {
    return layer == 0 ? firstLayer : structure;
  }
}
