package dev.larkspur.train.worker;

import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import java.util.function.LongSupplier;

/** Sums over the steps since the last line of metrics, and the clock that measures each step. */
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

  /** A step whose update was skipped: its loss would hide the others. */
  void addSkipped(PhaseSeconds phases) {
    steps++;
    seconds = seconds.plus(phases);
  }

  /** Adds the seconds of a checkpoint after these steps to the next line. */
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

  /** Divides the seconds of a step: each call charges the time since the previous call. */
  static final class StepClock {
    private final LongSupplier nanos;
    private long last;
    private double data;
    private double compute;
    private double exchange;
    private double optimizer;

    StepClock(LongSupplier nanos) {
      this.nanos = nanos;
      this.last = nanos.getAsLong();
    }

    void begin() {
      lap();
      data = 0;
      compute = 0;
      exchange = 0;
      optimizer = 0;
    }

    void data() {
      data += lap();
    }

    void compute() {
      compute += lap();
    }

    void exchange() {
      exchange += lap();
    }

    void optimizer() {
      optimizer += lap();
    }

    /** Seconds of data and compute. */
    double computed() {
      return data + compute;
    }

    PhaseSeconds seconds() {
      return new PhaseSeconds(data, compute, exchange, optimizer, 0);
    }

    /** Seconds since the last call of any method that charges them. */
    double lap() {
      long now = nanos.getAsLong();
      double seconds = (now - last) / 1e9;
      last = now;
      return seconds;
    }
  }
}
