package dev.larkspur.model;

import java.io.Serializable;

/** How the model knows where a token stands. */
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
