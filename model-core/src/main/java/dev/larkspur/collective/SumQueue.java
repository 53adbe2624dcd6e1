package dev.larkspur.collective;

import dev.larkspur.collective.Collective.PendingSum;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs the sums of a transport while the worker computes: sequentially, in a separate thread, in
 * the same order on every worker. After a failure no further sum runs: each fails with the first
 * exception.
 */
public final class SumQueue implements AutoCloseable {
  private final String worker;
  private final ExecutorService thread;

  /** Of the first sum that failed; only the thread uses it. */
  private RuntimeException failure;

  /**
   * An empty queue.
   *
   * @param worker name for messages
   */
  public SumQueue(String worker) {
    this.worker = worker;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread sender = new Thread(work, "gradient exchange of " + worker);
              sender.setDaemon(true);
              return sender;
            });
  }

  /**
   * Adds a sum; {@link PendingSum#await} throws its exceptions. If the waiting thread is
   * interrupted, the queue is closed first, so no sum uses its vector once {@code await} has
   * returned or thrown.
   */
  public PendingSum add(Runnable sum) {
    Future<?> pending = thread.submit(() -> run(sum));
    return () -> await(pending);
  }

  private void run(Runnable sum) {
    if (failure != null) {
      throw failure;
    }
    boolean done = false;
    try {
      sum.run();
      done = true;
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      if (!done && failure == null) {
        failure = new IllegalStateException("an earlier sum of " + worker + " has failed");
      }
    }
  }

  private void await(Future<?> sum) {
    try {
      sum.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (CancellationException e) {
      throw interrupted(e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private PeerLostException interrupted(Exception cause) {
    return new PeerLostException(
        worker + " was interrupted while it waited for its peers", List.of(), cause);
  }

  /**
   * Drops sums that have not started, interrupts the current one, and waits until it has ended, at
   * the latest after the timeout of its transport. This wait cannot be interrupted, because the
   * caller frees the vector next.
   */
  @Override
  public void close() {
    thread.shutdownNow().forEach(dropped -> ((Future<?>) dropped).cancel(false));
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
