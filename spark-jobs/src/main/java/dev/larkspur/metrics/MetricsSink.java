package dev.larkspur.metrics;

import java.util.List;
import java.util.function.Consumer;

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

  /**
   * Several sinks as one. Each has its own queue, so that a slow or failing one holds up no other.
   *
   * @param sinks in the order in which they receive a line
   */
  public record CompositeSink(List<QueuedSink> sinks) implements MetricsSink {
    public CompositeSink {
      sinks = List.copyOf(sinks);
    }

    /**
     * Puts a queue before each sink.
     *
     * @param notes receives one sentence for each sink that is dropped
     */
    public static CompositeSink of(List<? extends MetricsSink> sinks, Consumer<String> notes) {
      return new CompositeSink(sinks.stream().map(sink -> new QueuedSink(sink, notes)).toList());
    }

    @Override
    public void log(long step, Record line) {
      sinks.forEach(sink -> sink.log(step, line));
    }

    @Override
    public void flush() {
      sinks.forEach(QueuedSink::flush);
    }

    @Override
    public void close() {
      sinks.forEach(QueuedSink::close);
    }
  }
}
