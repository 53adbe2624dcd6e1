package dev.larkspur.collective;

import dev.larkspur.collective.Collective.PendingSum;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs the sums of a transport while the worker computes: sequentially, in a separate thread, in
 * the same order on every worker.
 */
public final class SumQueue implements AutoCloseable {
  private final String worker;
  private final Duration timeout;
  private final ExecutorService thread;

  /**
   * An empty queue.
   *
   * @param worker name for messages
   * @param timeout of a sum
   */
  public SumQueue(String worker, Duration timeout) {
    this.worker = worker;
    this.timeout = timeout;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread sender = new Thread(work, "gradient exchange of " + worker);
              sender.setDaemon(true);
              return sender;
            });
  }

  /** Adds a sum; {@link PendingSum#await} throws its exceptions. */
  public PendingSum add(Runnable sum) {
    Future<?> pending = thread.submit(sum);
    return () -> await(pending);
  }

  private void await(Future<?> sum) {
    try {
      sum.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerLostException(
          worker + " was interrupted while it waited for its peers", List.of(), e);
    }
  }

  /** Drops sums that have not started; the current one ends at the latest after its timeout. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
