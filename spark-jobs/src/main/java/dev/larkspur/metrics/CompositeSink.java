package dev.larkspur.metrics;

import java.util.List;
import java.util.function.Consumer;

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
