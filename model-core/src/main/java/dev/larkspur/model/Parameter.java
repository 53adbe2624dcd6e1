package dev.larkspur.model;

import java.util.List;

/**
 * One named tensor, a view into the flat parameter vector (and, at the same place, into the
 * gradient and the moments).
 *
 * @param name for example {@code layers.3.ffn.up.u.weight}
 * @param shape sizes, outermost first, stored row-major
 * @param offset index of its first element in the flat vector
 * @param init how its initial values are drawn
 */
public record Parameter(String name, List<Integer> shape, long offset, Init init) {

  public Parameter {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /** How initial values are drawn. */
  public enum Init {
    /** Zero: biases. */
    ZEROS,
    /** One: norm weights. */
    ONES,
    /** N(0, initStd): embeddings, head and dense matrices. */
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
    /** The dense matrix that the factors before it stand for: guides. */
    GUIDE
  }
}
