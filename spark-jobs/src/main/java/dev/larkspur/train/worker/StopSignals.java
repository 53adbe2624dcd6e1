package dev.larkspur.train.worker;

import dev.larkspur.run.RunDirectory;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether this worker is to stop before its last step: the run has a file named {@code stop}
 * (looked for by rank 0), or the process is being ended.
 */
public final class StopSignals implements AutoCloseable {
  /**
   * A file of this name in the run directory stops the training after it has written a checkpoint.
   */
  public static final String STOP_FILE = "stop";

  private static final Logger LOG = Logger.getLogger(StopSignals.class.getName());
  private static final long SECONDS_BETWEEN_LOOKS = 2;

  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "stop file");
            thread.setDaemon(true);
            return thread;
          });
  private final ProcessEnd.Task task;
  private Future<?> looking;
  private volatile boolean stop;

  private StopSignals() {
    this.task = ProcessEnd.register();
  }

  /** Looks for the stop file now and then, on rank 0 only. */
  static StopSignals of(RunDirectory run, int rank) {
    StopSignals signals = new StopSignals();
    if (rank == 0) {
      signals.looking =
          signals.looks.scheduleWithFixedDelay(
              () -> signals.look(run), 0, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
    }
    return signals;
  }

  private void look(RunDirectory run) {
    try {
      stop |= run.hasFile(STOP_FILE);
    } catch (RuntimeException e) {
      // The next look may reach it; the training itself does not depend on this file.
      LOG.log(Level.FINE, "cannot look for the stop file", e);
    }
  }

  /** 1 if there is a stop file, else 0: to be summed over all ranks. */
  double stop() {
    return stop ? 1 : 0;
  }

  /** 1 if this process is being ended, else 0: to be summed over all ranks. */
  double evicted() {
    return task.isEnding() ? 1 : 0;
  }

  @Override
  public void close() {
    if (looking != null) {
      looking.cancel(true);
    }
    looks.shutdownNow();
    task.close();
  }
}
