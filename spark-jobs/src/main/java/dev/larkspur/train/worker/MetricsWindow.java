package dev.larkspur.train.worker;

import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import java.util.function.LongSupplier;

/** Sums over the steps since the last line of metrics. */
final class MetricsWindow {
  private long steps;
  private long updates;
  private double lossSum;
  private PhaseSeconds seconds = PhaseSeconds.NONE;

  void add(double loss, PhaseSeconds phases) {
    steps++;
    updates++;
    lossSum += loss;
    seconds = seconds.plus(phases);
  }

  /** A step whose update was left out: its loss would hide the others. */
  void addSkipped(PhaseSeconds phases) {
    steps++;
    seconds = seconds.plus(phases);
  }

  /** Seconds that a checkpoint behind these steps took; they count with the next. */
  void addCheckpoint(double checkpointSeconds) {
    seconds = seconds.plus(new PhaseSeconds(0, 0, 0, 0, checkpointSeconds));
  }

  long steps() {
    return steps;
  }

  /** NaN if there was no update. */
  double meanLoss() {
    return lossSum / updates;
  }

  PhaseSeconds seconds() {
    return seconds;
  }

  void clear() {
    steps = 0;
    updates = 0;
    lossSum = 0;
    seconds = PhaseSeconds.NONE;
  }

  /** Seconds between one call and the next. */
  static final class Stopwatch {
    private final LongSupplier nanos;
    private long last;

    Stopwatch(LongSupplier nanos) {
      this.nanos = nanos;
      this.last = nanos.getAsLong();
    }

    /** Seconds since the last lap, or since the beginning. */
    double lap() {
      long now = nanos.getAsLong();
      double seconds = (now - last) / 1e9;
      last = now;
      return seconds;
    }
  }
}
