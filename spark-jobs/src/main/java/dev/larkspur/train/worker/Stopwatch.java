package dev.larkspur.train.worker;

import java.util.function.LongSupplier;

/** Seconds between one call and the next. */
final class Stopwatch {
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
