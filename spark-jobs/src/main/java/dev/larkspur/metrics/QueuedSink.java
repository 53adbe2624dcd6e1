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
 * A sink behind a bounded queue with a thread of its own: logging never blocks. A sink that fails,
 * or lags by a whole queue, is reported once and dropped; one that only cannot reach its storage is
 * reported and flushed again later.
 */
public final class QueuedSink implements MetricsSink {
  private static final int CAPACITY = 1 << 16;
  private static final Duration FLUSH_EVERY = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MetricsSink sink;
  private final int capacity;
  private final Duration patience;
  private final Consumer<String> notes;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean dropped;

  /** These two are used by the thread only. */
  private boolean unflushed;

  private boolean unreachable;

  /**
   * @param sink used by the queue's thread only, and closed with the queue
   * @param notes receives one sentence if the sink is dropped
   */
  public QueuedSink(MetricsSink sink, Consumer<String> notes) {
    this(sink, notes, CAPACITY, PATIENCE);
  }

  /**
   * @param capacity lines that may wait
   * @param patience how long {@link #close} waits for the sink
   */
  QueuedSink(MetricsSink sink, Consumer<String> notes, int capacity, Duration patience) {
    this.sink = sink;
    this.notes = notes;
    this.capacity = capacity;
    this.patience = patience;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, "metrics to " + name());
              created.setDaemon(true);
              return created;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
    // It ends with its executor, and never by an exception.
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            this::flushNow, FLUSH_EVERY.toMillis(), FLUSH_EVERY.toMillis(), TimeUnit.MILLISECONDS);
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

  /** Asks for a flush and does not wait for it. */
  @Override
  public void flush() {
    thread.execute(this::flushNow);
  }

  /**
   * Completes when the lines so far are flushed, or the sink is dropped; with a {@link
   * StoreException} if its storage cannot be reached now.
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

  private void flushNow() {
    if (!unflushed || dropped) {
      return;
    }
    try {
      sink.flush();
      unflushed = false;
      unreachable = false;
    } catch (StoreException | FSError failure) {
      if (!unreachable) {
        unreachable = true;
        notes.accept(
            "metrics do not reach %s, and are tried again: %s"
                .formatted(name(), failure.getMessage()));
      }
    } catch (RuntimeException | LinkageError failure) {
      drop(String.valueOf(failure.getMessage()));
    }
  }

  private void attempt(Runnable act) {
    if (dropped) {
      return;
    }
    try {
      act.run();
    } catch (RuntimeException | LinkageError failure) {
      drop(String.valueOf(failure.getMessage()));
    }
  }

  private synchronized void drop(String why) {
    if (!dropped) {
      dropped = true;
      notes.accept("metrics no longer go to %s: %s".formatted(name(), why));
    }
  }

  @Override
  public String name() {
    return sink.name();
  }

  /** Waits for the sink, but not forever. */
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
      if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        drop("%,d lines still wait after %d s".formatted(waiting.get(), patience.toSeconds()));
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
