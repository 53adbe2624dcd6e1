package dev.larkspur.model;

import java.io.Serializable;

/**
 * The shape of causal self-attention, with grouped queries: each key/value head serves {@code
 * queryHeads / kvHeads} query heads.
 *
 * @param dim attention dim: the total width of all query heads; may differ from the hidden dim
 * @param queryHeads heads of the queries; divides {@code dim} into heads
 * @param kvHeads heads of the keys and values; divides {@code queryHeads}
 */
public record AttentionConfig(int dim, int queryHeads, int kvHeads) implements Serializable {
  public AttentionConfig {
    if (dim < 1
        || queryHeads < 1
        || kvHeads < 1
        || dim % queryHeads != 0
        || queryHeads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "attention of width %d does not divide into %d query heads and %d kv heads"
              .formatted(dim, queryHeads, kvHeads));
    }
  }

  /** Width of one head. */
  public int headDim() {
    return dim / queryHeads;
  }

  /** Total width of all key heads, and of all value heads. */
  public int kvDim() {
    return headDim() * kvHeads;
  }
}
