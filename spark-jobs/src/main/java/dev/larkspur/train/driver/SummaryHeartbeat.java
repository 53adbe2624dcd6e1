package dev.larkspur.train.driver;

import dev.larkspur.run.StoreException;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes the summary again and again while an attempt runs, so that it tells who is alive. */
final class SummaryHeartbeat implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SummaryHeartbeat.class.getName());
  private static final long GRACE_SECONDS = 60;

  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "summary");
            thread.setDaemon(true);
            return thread;
          });

  private SummaryHeartbeat() {}

  /**
   * Begins.
   *
   * @param write never runs beside itself, nor after {@link #close}
   * @param beat time between the end of one and the next
   */
  static SummaryHeartbeat every(Duration beat, Runnable write) {
    SummaryHeartbeat heartbeat = new SummaryHeartbeat();
    // It ends with its executor, and never by an exception.
    ScheduledFuture<?> unused =
        heartbeat.beats.scheduleWithFixedDelay(
            () -> attempt(write), beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
    return heartbeat;
  }

  private static void attempt(Runnable write) {
    try {
      write.run();
    } catch (StoreException e) {
      // The next beat tries again. If storage stays away, the training itself fails on it.
      LOG.log(Level.FINE, "cannot write the summary", e);
    }
  }

  @Override
  public void close() {
    beats.shutdown();
    try {
      beats.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
