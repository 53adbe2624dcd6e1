package dev.larkspur.metrics;

import java.util.List;
import java.util.function.Consumer;

/**
 * A destination of metrics on the driver, such as the JSON lines of the run directory. Each attempt
 * opens its own sinks; after a restart they receive the steps after the checkpoint again. A sink is
 * used by one thread at a time.
 */
public interface MetricsSink extends AutoCloseable {

  /** Discards all lines. */
  MetricsSink NONE = (step, line) -> {};

  /**
   * Logs a line.
   *
   * @param step updates done
   * @param line a record of numbers, such as {@link StepMetrics} or {@link ValidationMetrics}
   * @throws RuntimeException if logging fails; the sink is then dropped
   */
  void log(long step, Record line);

  /** Name for messages. */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Makes the lines so far visible. Called a few seconds after a line, and before a checkpoint is
   * committed.
   */
  default void flush() {}

  /** Whether the last flush has left lines for a later one, which then follows within seconds. */
  default boolean postpones() {
    return false;
  }

  /** Flushes, and releases resources. */
  @Override
  default void close() {}

  /**
   * Several sinks. Each has its own queue, so that a slow or failing one does not delay the others.
   *
   * @param sinks in the order in which they receive a line
   */
  public record CompositeSink(List<QueuedSink> sinks) implements MetricsSink {
    public CompositeSink {
      sinks = List.copyOf(sinks);
    }

    /**
     * Adds a queue to each sink.
     *
     * @param notes receives a sentence for each sink that is dropped
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
