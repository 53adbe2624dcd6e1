package dev.larkspur.benchmark;

import dev.larkspur.engine.Precision;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * Differences of loss and gradient from those of the reference in fp32, with the same parameters
 * and tokens.
 *
 * @param loss relative difference
 * @param gradient relative differences of the parameters' gradients
 */
public record Agreement(double loss, Distribution gradient) {
  /** The largest tolerated differences in fp32, which allow for another order of sums. */
  static final double FP32 = 1e-5;

  /** Bfloat16 keeps 8 bits, and the errors of the tokens partly cancel. */
  static final double BF16_LOSS = 1e-3;

  /** In bfloat16, how often an engine's differences may be as large as the reference's. */
  static final double BF16_FACTOR = 3;

  /**
   * Checks a step.
   *
   * @param step its name for the message
   * @param reference agreement of the reference step in the same precision
   * @throws StepBenchmarkException if the differences are larger than rounding explains
   */
  void check(String step, Precision precision, Agreement reference) {
    boolean bf16 = precision == Precision.BF16;
    require(step, "loss", loss, bf16 ? BF16_LOSS : FP32);
    if (bf16) {
      require(
          step,
          "gradient, in the median of the parameters,",
          gradient.median(),
          BF16_FACTOR * reference.gradient().median());
    } else {
      Difference largest = gradient.largest();
      require(step, "gradient of " + largest.parameter(), largest.relative(), FP32);
    }
  }

  private static void require(String step, String what, double difference, double limit) {
    // Also false for NaN.
    if (!(difference <= limit)) {
      throw new StepBenchmarkException(
          "%s: its %s differs from that of %s in fp32 by a relative %.1e, more than %.0e: do not train with this engine, and report it"
              .formatted(step, what, StepBenchmark.REFERENCE, difference, limit),
          null);
    }
  }

  /**
   * Differences of the values of one parameter from the expected ones.
   *
   * @param parameter name
   * @param relative Euclidean norm of the difference over that of the expected values
   */
  public record Difference(String parameter, double relative) {}

  /**
   * Percentiles of the relative differences of all parameters.
   *
   * @param median of the parameters
   * @param p90 90th percentile
   * @param p99 99th percentile
   * @param largest the largest difference, or one that is not a number
   */
  public record Distribution(double median, double p90, double p99, Difference largest) {

    /**
     * @param differences by parameter, at least one
     */
    static Distribution of(List<Difference> differences) {
      double[] values = differences.stream().mapToDouble(Difference::relative).sorted().toArray();
      Percentile percentile = new Percentile();
      percentile.setData(values);
      // NaN compares as larger than all numbers.
      Difference largest =
          differences.stream().max(Comparator.comparingDouble(Difference::relative)).orElseThrow();
      return new Distribution(
          percentile.evaluate(50), percentile.evaluate(90), percentile.evaluate(99), largest);
    }
  }
}
