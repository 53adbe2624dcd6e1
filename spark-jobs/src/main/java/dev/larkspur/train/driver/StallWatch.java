package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;
import dev.larkspur.storage.LarkspurException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Cancels an attempt whose workers report nothing for too long. They report each step, each pass of
 * a validation, and what they begin, so the time is that of the longest of these, not of all.
 */
final class StallWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StallWatch.class.getName());
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  private final Duration timeout;
  private final LongSupplier nanos;
  private final Runnable cancel;
  private final ScheduledExecutorService checks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "watch for stalls");
            thread.setDaemon(true);
            return thread;
          });
  private long reported;
  private Progress last;
  private StalledException failure;

  /**
   * @param timeout zero for any time
   * @param nanos a clock
   * @param cancel makes the attempt fail; called once
   */
  StallWatch(Duration timeout, LongSupplier nanos, Runnable cancel) {
    this.timeout = timeout;
    this.nanos = nanos;
    this.cancel = cancel;
    this.reported = nanos.getAsLong();
  }

  /** Watches from now on. */
  static StallWatch start(Duration timeout, Runnable cancel) {
    StallWatch watch = new StallWatch(timeout, System::nanoTime, cancel);
    if (!timeout.isZero()) {
      long interval = Math.min(LONGEST_INTERVAL.toMillis(), Math.max(1, timeout.toMillis() / 4));
      // The task ends with its executor, never by an exception.
      ScheduledFuture<?> unused =
          watch.checks.scheduleWithFixedDelay(
              watch::check, interval, interval, TimeUnit.MILLISECONDS);
    }
    return watch;
  }

  /** The workers have reported. */
  synchronized void progress(Progress newest) {
    last = newest;
    reported = nanos.getAsLong();
  }

  void check() {
    if (!isOverdue()) {
      return;
    }
    try {
      cancel.run();
    } catch (RuntimeException e) {
      // The job has ended by itself, or Spark has stopped: what is to be cancelled is gone.
      LOG.log(Level.WARNING, "cannot cancel the attempt", e);
    }
  }

  private synchronized boolean isOverdue() {
    if (failure != null || nanos.getAsLong() - reported <= timeout.toNanos()) {
      return false;
    }
    failure = new StalledException(message());
    return true;
  }

  private String message() {
    return "the workers have reported nothing for %s s (training.stall-timeout) %s: a worker, its file system or its GPU hangs. If they only need longer, raise training.stall-timeout"
        .formatted(seconds(), activity());
  }

  private String seconds() {
    long millis = timeout.toMillis();
    return millis % 1000 == 0
        ? Long.toString(millis / 1000)
        : String.format(Locale.ROOT, "%.1f", millis / 1e3);
  }

  private String activity() {
    if (last == null) {
      return "since they were started";
    }
    String doing =
        switch (last.activity()) {
          case STARTING -> "while they load the model of";
          case TRAINING -> "in the step after";
          case VALIDATING -> "in the validation of";
          case WRITING_CHECKPOINT -> "in the checkpoint of";
        };
    return "%s step %,d".formatted(doing, last.step());
  }

  /** Why the attempt was cancelled, if it was. */
  synchronized Optional<StalledException> stalled() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void close() {
    checks.shutdownNow();
  }

  /** The workers hang; another attempt may not. */
  static final class StalledException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    StalledException(String message) {
      super(message, null, FAILURE);
    }
  }
}
