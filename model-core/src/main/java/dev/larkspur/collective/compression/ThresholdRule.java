package dev.larkspur.collective.compression;

/**
 * How the threshold changes from step to step.
 *
 * @param algorithm that decides
 * @param initial threshold of the first step, in the unit of one worker's share of the gradient
 * @param sparsity what adaptive algorithms aim at
 */
public record ThresholdRule(Algorithm algorithm, double initial, Sparsity sparsity) {

  /** Deeplearning4j's algorithms. */
  public enum Algorithm {
    /** The threshold never changes. */
    FIXED,
    /**
     * It falls while fewer values than the least share are sent, and rises while more than most.
     */
    ADAPTIVE,
    /** It falls or rises in each step towards one share. */
    TARGET_SPARSITY
  }

  /**
   * Shares of values that are sent.
   *
   * @param least of {@link Algorithm#ADAPTIVE}
   * @param most of {@link Algorithm#ADAPTIVE}
   * @param target of {@link Algorithm#TARGET_SPARSITY}
   * @param decayRate what a threshold that falls is multiplied by in a step, and one that rises is
   *     divided by; below 1
   */
  public record Sparsity(double least, double most, double target, double decayRate) {}
}
