package dev.larkspur.watch;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * What a run had spent by each step: the axes that its curves are drawn over. Between lines of
 * metrics it is interpolated linearly.
 */
final class Progression {
  private static final String SPEED = "tokensPerSecond";

  private final double[] steps;
  private final double[] tokens;
  private final double[] seconds;
  private final DoubleUnaryOperator flops;

  /**
   * @param training lines of steps
   * @param flops floating-point operations of the first so many steps; NaN if unknown
   */
  Progression(Track training, DoubleUnaryOperator flops) {
    int count = training.size();
    this.steps = new double[count + 1];
    this.tokens = new double[count + 1];
    this.seconds = new double[count + 1];
    this.flops = flops;
    for (int i = 0; i < count; i++) {
      steps[i + 1] = training.step(i);
      tokens[i + 1] = training.value(Track.TOKENS, i);
      double taken = (tokens[i + 1] - tokens[i]) / training.value(SPEED, i);
      seconds[i + 1] = seconds[i] + (Double.isFinite(taken) ? taken : 0);
    }
  }

  /** Tokens trained on. */
  double tokens(double step) {
    return at(tokens, step);
  }

  /** Time in steps of training, in seconds: without starts, validations and what was repeated. */
  double seconds(double step) {
    return at(seconds, step);
  }

  /** Floating-point operations. */
  double flops(double step) {
    return flops.applyAsDouble(step);
  }

  private double at(double[] values, double step) {
    int found = Arrays.binarySearch(steps, step);
    if (found >= 0) {
      return values[found];
    }
    int above = -found - 1;
    if (above >= steps.length) {
      return values[steps.length - 1];
    }
    double share = (step - steps[above - 1]) / (steps[above] - steps[above - 1]);
    return values[above - 1] + share * (values[above] - values[above - 1]);
  }
}
