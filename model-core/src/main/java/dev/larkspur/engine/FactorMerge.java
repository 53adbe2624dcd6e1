package dev.larkspur.engine;

/**
 * Whether the factors of a structured matrix are multiplied back into one dense matrix before
 * decoding (the paper's pre-merge), which then costs one product instead of two.
 */
public enum FactorMerge {
  /**
   * The dense product where fewer tokens are in flight than the measured crossover, the factors
   * where more are.
   */
  AUTO,
  /** Always the dense product. */
  ALWAYS,
  /** Always the factors. */
  NEVER
}
