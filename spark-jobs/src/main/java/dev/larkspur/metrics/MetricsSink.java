package dev.larkspur.metrics;

/**
 * Where the driver sends lines of metrics: the run directory's JSON lines, and whatever else wants
 * them. Each attempt opens its own sinks; after a restart they receive the steps after the
 * checkpoint again. A sink is used by one thread at a time.
 */
public interface MetricsSink extends AutoCloseable {

  /** Accepts every line and keeps none. */
  MetricsSink NONE = (step, line) -> {};

  /**
   * Takes a line.
   *
   * @param step updates done
   * @param line of numbers, such as {@link StepMetrics} or {@link ValidationMetrics}
   * @throws RuntimeException if the sink cannot take it; the sink is then dropped
   */
  void log(long step, Record line);

  /** What messages call it. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Makes the lines so far visible; called a few seconds after a line, and before a commit. */
  default void flush() {}

  /** Flushes and releases what the sink holds. */
  @Override
  default void close() {}
}
