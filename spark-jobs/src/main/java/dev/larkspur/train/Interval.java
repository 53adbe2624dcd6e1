package dev.larkspur.train;

import dev.larkspur.metrics.PhaseSeconds;

/** Sums over the steps since the last line of metrics. */
final class Interval {
  private long steps;
  private double lossSum;
  private PhaseSeconds seconds = PhaseSeconds.NONE;

  void add(double loss, PhaseSeconds phases) {
    steps++;
    lossSum += loss;
    seconds = seconds.plus(phases);
  }

  long steps() {
    return steps;
  }

  double meanLoss() {
    return lossSum / steps;
  }

  PhaseSeconds seconds() {
    return seconds;
  }

  void clear() {
    steps = 0;
    lossSum = 0;
    seconds = PhaseSeconds.NONE;
  }
}
