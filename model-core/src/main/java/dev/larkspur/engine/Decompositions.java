package dev.larkspur.engine;

/** Decompositions that initial values are made of. */
public interface Decompositions {
  /**
   * The truncated singular value decomposition W ≈ U·V with U = U'√S and V = √S V'ᵀ.
   *
   * @param w [out, in], row-major
   * @param u receives [out, matrixRank]
   * @param v receives [matrixRank, in]
   */
  void split(float[] w, int out, int in, int matrixRank, float[] u, float[] v);

  /**
   * Replaces W = U S Vᵀ by the nearest matrix with orthonormal rows or columns, U Vᵀ.
   *
   * @param w [out, in], row-major
   */
  void polarFactor(float[] w, int out, int in);
}
