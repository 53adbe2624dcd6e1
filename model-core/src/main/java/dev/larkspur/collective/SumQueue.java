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
 * Sums that a transport takes while the worker computes: one after the other, in a thread of their
 * own, in the same order on every worker.
 */
public final class SumQueue implements AutoCloseable {
  private final String worker;
  private final Duration timeout;
  private final ExecutorService thread;

  /**
   * An empty queue.
   *
   * @param worker for people
   * @param timeout after which a sum ends by itself
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

  /** Adds a sum; what it throws, {@link PendingSum#await} throws. */
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

  /** Drops what has not begun; what has ends by itself, at the latest after its timeout. */
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
