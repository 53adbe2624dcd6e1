package dev.larkspur.scaling;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * How the loss falls with the operations C of a training: loss = a · C^-k (paper, section 4), by
 * least squares between the logarithms.
 *
 * @param points the trainings that it is fitted to
 * @param coefficient a, nats a token
 * @param slope the exponent k
 * @param residual standard deviation of ln loss around the line
 */
public record PowerLaw(
    @JsonUnwrapped Points points, double coefficient, @JsonUnwrapped Slope slope, double residual) {

  /** Probability that a confidence interval contains its value. */
  public static final double CONFIDENCE = 0.95;

  private static final int FREE_PARAMETERS = 2;

  /**
   * The trainings that a line is fitted to.
   *
   * @param trainings number of points
   * @param meanLogFlops mean of ln C
   * @param spreadLogFlops sum of squared distances from that mean
   */
  public record Points(int trainings, double meanLogFlops, double spreadLogFlops) {}

  /**
   * An exponent with its confidence interval.
   *
   * @param exponent k
   * @param standardError standard error of the exponent
   * @param exponentLow lower end of its confidence interval
   * @param exponentHigh upper end
   */
  public record Slope(
      double exponent, double standardError, double exponentLow, double exponentHigh) {}

  /** An interval of values. */
  public record Interval(double low, double high) {}

  /**
   * Fits a power law; empty with fewer than three different numbers of operations, which do not
   * allow an error estimate.
   */
  public static Optional<PowerLaw> fit(List<RunResult> results) {
    if (results.stream().mapToDouble(RunResult::flops).distinct().count() <= FREE_PARAMETERS) {
      return Optional.empty();
    }
    SimpleRegression line = new SimpleRegression();
    results.forEach(result -> line.addData(Math.log(result.flops()), Math.log(result.loss())));
    double half = line.getSlopeConfidenceInterval(1 - CONFIDENCE);
    double mean =
        results.stream().mapToDouble(each -> Math.log(each.flops())).average().orElseThrow();
    return Optional.of(
        new PowerLaw(
            new Points(results.size(), mean, line.getXSumSquares()),
            Math.exp(line.getIntercept()),
            new Slope(
                -line.getSlope(),
                line.getSlopeStdErr(),
                -line.getSlope() - half,
                -line.getSlope() + half),
            Math.sqrt(line.getMeanSquareError())));
  }

  /** Loss on the line at a number of operations, in nats a token. */
  public double loss(double flops) {
    return coefficient * Math.pow(flops, -slope.exponent());
  }

  /** Confidence interval of the line at a number of operations, by Student's t. */
  public Interval interval(double flops) {
    double distance = Math.log(flops) - points.meanLogFlops();
    double error =
        residual
            * Math.sqrt(1.0 / points.trainings() + distance * distance / points.spreadLogFlops());
    double half =
        error
            * new TDistribution(points.trainings() - FREE_PARAMETERS)
                .inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    return new Interval(loss(flops) * Math.exp(-half), loss(flops) * Math.exp(half));
  }
}
