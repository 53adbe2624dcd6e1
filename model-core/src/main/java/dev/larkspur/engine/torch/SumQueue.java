package dev.larkspur.engine.torch;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PendingSum;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Takes sums one after the other, in a thread of its own, in the same order on every worker. */
final class SumQueue {
  private final String worker;
  private final ExecutorService thread;

  /** A queue of a worker that is described for people. */
  SumQueue(String worker) {
    this.worker = worker;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread sender = new Thread(work, "gradient exchange of " + worker);
              sender.setDaemon(true);
              return sender;
            });
  }

  PendingSum add(Runnable sum) {
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
          worker + " was told to stop while it waited for its peers", List.of(), e);
    }
  }

  /** Drops what has not begun; what has ends by itself, at the latest after its timeout. */
  void close(Duration timeout) {
    thread.shutdownNow();
    try {
      thread.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
