package dev.larkspur.collective.compression;

/**
 * How the threshold changes from step to step.
 *
 * @param algorithm that changes the threshold
 * @param initial threshold of the first step, in the unit of one worker's share of the gradient
 * @param sparsity target of the adaptive algorithms
 */
public record ThresholdRule(Algorithm algorithm, double initial, Sparsity sparsity) {

  /** Deeplearning4j's algorithms. */
  public enum Algorithm {
    /** The threshold never changes. */
    FIXED,
    /**
     * The threshold falls while the share is below the least, and rises while it is above the most.
     */
    ADAPTIVE,
    /** The threshold falls or rises in each step towards one share. */
    TARGET_SPARSITY
  }

  /**
   * Shares of values that are sent.
   *
   * @param least lower bound of {@link Algorithm#ADAPTIVE}
   * @param most upper bound of {@link Algorithm#ADAPTIVE}
   * @param target share of {@link Algorithm#TARGET_SPARSITY}
   * @param decayRate below 1: a falling threshold is multiplied by it in a step, a rising one is
   *     divided by it
   */
  public record Sparsity(double least, double most, double target, double decayRate) {}
}
