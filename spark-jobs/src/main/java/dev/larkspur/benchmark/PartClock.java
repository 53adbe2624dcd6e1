package dev.larkspur.benchmark;

import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Adds up the time of each part of a step. */
final class PartClock implements StepTimer {
  private static final double NANOS = 1e9;

  private final LongSupplier nanos;
  private final Map<StepPart, Long> parts = new EnumMap<>(StepPart.class);
  private long began;
  private long last;

  /**
   * @param nanos the clock
   */
  PartClock(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Starts a step. */
  void start() {
    parts.clear();
    began = nanos.getAsLong();
    last = began;
  }

  @Override
  public void ended(StepPart part) {
    long now = nanos.getAsLong();
    parts.merge(part, now - last, Long::sum);
    last = now;
  }

  /** The times since {@link #start}. */
  PartTimes times() {
    double step = (nanos.getAsLong() - began) / NANOS;
    Map<StepPart, Double> seconds = new TreeMap<>();
    parts.forEach((part, time) -> seconds.put(part, time / NANOS));
    return new PartTimes(step, seconds);
  }

  /**
   * The time of one step, by part.
   *
   * @param step seconds of the whole step
   * @param parts seconds of the parts that the engine reports; empty if it reports none
   */
  record PartTimes(double step, Map<StepPart, Double> parts) {}
}
