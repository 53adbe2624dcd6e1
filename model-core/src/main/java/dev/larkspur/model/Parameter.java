package dev.larkspur.model;

import java.util.List;

/**
 * A named tensor, a view of the flat parameter vector (and, at the same offset, of the gradient and
 * the moments).
 *
 * @param name for example {@code layers.3.ffn.up.u.weight}
 * @param shape row-major, outermost dimension first
 * @param offset index of its first element in the flat vector
 * @param init distribution of its initial values
 */
public record Parameter(String name, List<Integer> shape, long offset, Init init) {

  public Parameter {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /** Distributions of initial values. */
  public enum Init {
    /** Zeros, for biases. */
    ZEROS,
    /** Ones, for norm weights. */
    ONES,
    /** N(0, initStd), for embeddings, head and dense matrices. */
    NORMAL,
    /**
     * U·√S of the truncated singular value decomposition of an N(0, initStd) matrix (paper, section
     * 3).
     */
    SVD_LEFT,
    /**
     * √S·Vᵀ of the same decomposition; directly follows its {@link #SVD_LEFT} partner in the table.
     */
    SVD_RIGHT,
    /**
     * Each block an N(0, initStd) matrix replaced by its polar factor: U·Vᵀ of its singular value
     * decomposition (paper, section 3). A matrix without blocks is one.
     */
    ORTHOGONAL,
    /** The product of the factors before it, for guides. */
    GUIDE
  }
}
