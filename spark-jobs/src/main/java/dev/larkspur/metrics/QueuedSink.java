package dev.larkspur.metrics;

import dev.larkspur.run.RunDirectory.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSError;

/**
 * A sink with a bounded queue and its own thread, so that logging never blocks. If the sink fails
 * or its queue is full, it is reported once and dropped. If its storage is unavailable, it is
 * reported, and the flush is retried.
 */
public final class QueuedSink implements MetricsSink {
  private static final int CAPACITY = 1 << 16;
  private static final Duration FLUSH_EVERY = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MetricsSink sink;
  private final int capacity;
  private final Duration closeTimeout;
  private final Consumer<String> notes;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean dropped;

  /** This field and the next two are used by the thread only. */
  private boolean unflushed;

  private boolean unreachable;

  private boolean postponed;

  /**
   * @param sink used by the thread of the queue only, and closed with the queue
   * @param notes receives one sentence if the sink is dropped
   */
  public QueuedSink(MetricsSink sink, Consumer<String> notes) {
    this(sink, notes, CAPACITY, PATIENCE);
  }

  /**
   * @param capacity maximum number of queued lines
   * @param closeTimeout maximum time that {@link #close} waits for the sink
   */
  QueuedSink(MetricsSink sink, Consumer<String> notes, int capacity, Duration closeTimeout) {
    this.sink = sink;
    this.notes = notes;
    this.capacity = capacity;
    this.closeTimeout = closeTimeout;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, "metrics to " + name());
              created.setDaemon(true);
              return created;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
    // The task ends with its executor, never by an exception.
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            this::flushAgain,
            FLUSH_EVERY.toMillis(),
            FLUSH_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void log(long step, Record line) {
    if (dropped) {
      return;
    }
    if (waiting.incrementAndGet() > capacity) {
      drop("it is more than %,d lines behind".formatted(capacity));
      return;
    }
    thread.execute(
        () -> {
          waiting.decrementAndGet();
          unflushed = true;
          attempt(() -> sink.log(step, line));
        });
  }

  /** Requests a flush, without waiting for it. */
  @Override
  public void flush() {
    thread.execute(this::flushNow);
  }

  /**
   * Completes when the lines so far are flushed, or the sink is dropped; with a {@link
   * StoreException} if its storage is unavailable.
   */
  public CompletableFuture<Void> flushed() {
    return CompletableFuture.runAsync(
        () -> {
          flushNow();
          if (unflushed && !dropped) {
            throw new StoreException("metrics are not in " + name() + " yet", null);
          }
        },
        thread);
  }

  /** Flushes what is new, and what the sink has left for later. */
  private void flushAgain() {
    unflushed |= postponed;
    flushNow();
  }

  private void flushNow() {
    if (!unflushed || dropped) {
      return;
    }
    try {
      sink.flush();
      unflushed = false;
      unreachable = false;
      postponed = sink.postpones();
    } catch (StoreException | FSError failure) {
      if (!unreachable) {
        unreachable = true;
        notes.accept(
            "cannot send metrics to %s, will retry: %s".formatted(name(), failure.getMessage()));
      }
    } catch (RuntimeException | LinkageError failure) {
      drop(String.valueOf(failure.getMessage()));
    }
  }

  private void attempt(Runnable action) {
    if (dropped) {
      return;
    }
    try {
      action.run();
    } catch (RuntimeException | LinkageError failure) {
      drop(String.valueOf(failure.getMessage()));
    }
  }

  private synchronized void drop(String why) {
    if (!dropped) {
      dropped = true;
      notes.accept("stopped sending metrics to %s: %s".formatted(name(), why));
    }
  }

  @Override
  public String name() {
    return sink.name();
  }

  /** Waits for the sink, for a limited time. */
  @Override
  public void close() {
    if (!dropped) {
      thread.execute(this::flushNow);
    }
    thread.execute(
        () -> {
          try {
            sink.close();
          } catch (RuntimeException | LinkageError | FSError failure) {
            drop(String.valueOf(failure.getMessage()));
          }
        });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
        drop(
            "%,d lines are still queued after %d s"
                .formatted(waiting.get(), closeTimeout.toSeconds()));
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
