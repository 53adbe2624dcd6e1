package dev.larkspur.model;

import java.io.Serializable;

/**
 * How each of the two matrices of a feed-forward network is stored (paper, section 2). A matrix W
 * of shape [out, in] is either kept dense or replaced by a product of smaller factors.
 */
public sealed interface FfnStructure extends Serializable {

  /** W of shape [out, in], as it is. */
  record Dense() implements FfnStructure {
    @Override
    public String kind() {
      return "dense";
    }
  }

  /**
   * LowRank: W x → U (V x) with V of shape [matrixRank, in] and U of shape [out, matrixRank].
   *
   * @param matrixRank columns of U and rows of V; at least 1
   */
  record LowRank(int matrixRank) implements FfnStructure {
    public LowRank {
      if (matrixRank < 1) {
        throw new IllegalArgumentException(
            "the rank of a low-rank FFN is " + matrixRank + ": it must be at least 1");
      }
    }

    @Override
    public String kind() {
      return "low-rank";
    }
  }

  /** Name of the kind in settings and reports. */
  String kind();
}
