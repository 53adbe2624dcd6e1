package dev.larkspur.evaluate.task;

import java.util.Arrays;

/**
 * A mean over the questions, or a function of it.
 *
 * @param value of these questions
 * @param standardError how much it varies with the choice of the questions; NaN for one question
 */
public record Estimate(double value, double standardError) {

  /** The mean, and its standard error by the sample's standard deviation. */
  static Estimate mean(double[] values) {
    double mean = Arrays.stream(values).sum() / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    int n = values.length;
    return new Estimate(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n));
  }

  /**
   * exp(-Σ logarithms / Σ units), with the standard error of the ratio to first order.
   *
   * @param logarithms log-likelihoods, by question
   * @param units bytes or words, by question
   */
  static Estimate perplexity(double[] logarithms, double[] units) {
    double sum = 0;
    double length = 0;
    for (int i = 0; i < units.length; i++) {
      sum += logarithms[i];
      length += units[i];
    }
    double ratio = sum / length;
    double squares = 0;
    for (int i = 0; i < units.length; i++) {
      double rest = logarithms[i] - ratio * units[i];
      squares += rest * rest;
    }
    double n = units.length;
    double error = n < 2 ? Double.NaN : Math.sqrt(squares * n / (n - 1)) / length;
    double perplexity = Math.exp(-ratio);
    return new Estimate(perplexity, perplexity * error);
  }
}
