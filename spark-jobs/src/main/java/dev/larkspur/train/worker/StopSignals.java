package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether this worker is to stop before its last step: the run has a file named {@code stop} (rank
 * 0 checks), or the process has received a termination signal.
 */
public final class StopSignals implements AutoCloseable {
  /**
   * A file of this name in the run directory stops the training after it has written a checkpoint.
   */
  public static final String STOP_FILE = "stop";

  private static final Logger LOG = Logger.getLogger(StopSignals.class.getName());
  private static final long SECONDS_BETWEEN_CHECKS = 2;

  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "stop file");
            thread.setDaemon(true);
            return thread;
          });
  private final ProcessEnd.Task task;
  private Future<?> checking;
  private volatile boolean stop;

  private StopSignals() {
    this.task = ProcessEnd.register();
  }

  /** Checks for the stop file at intervals, on rank 0 only. */
  static StopSignals of(RunDirectory run, int rank) {
    StopSignals signals = new StopSignals();
    if (rank == 0) {
      signals.checking =
          signals.looks.scheduleWithFixedDelay(
              () -> signals.check(run), 0, SECONDS_BETWEEN_CHECKS, TimeUnit.SECONDS);
    }
    return signals;
  }

  private void check(RunDirectory run) {
    try {
      stop |= run.hasFile(STOP_FILE);
    } catch (RuntimeException e) {
      // The next check may reach it; the training itself does not depend on this file.
      LOG.log(Level.FINE, "cannot check for the stop file", e);
    }
  }

  /** 1 if there is a stop file, else 0; to be summed over all ranks. */
  double stop() {
    return stop ? 1 : 0;
  }

  /** 1 if this process has received a termination signal, else 0; to be summed over all ranks. */
  double evicted() {
    return task.isEnding() ? 1 : 0;
  }

  @Override
  public void close() {
    if (checking != null) {
      checking.cancel(true);
    }
    looks.shutdownNow();
    task.close();
  }

  /**
   * When the ranks agree, inside a step or a validation, whether to stop. All ranks do so at the
   * same points, about once a second, computed from the duration of the last step, which is the
   * same number on all ranks. In short steps they do not.
   */
  static final class StopPolls {
    private static final double SECONDS_BETWEEN = 1;

    private final StopSignals signals;
    private final Collective peers;

    /** Micro-batches between two polls; at first their duration is unknown. */
    private long every = 1;

    StopPolls(StopSignals signals, Collective peers) {
      this.signals = signals;
      this.peers = peers;
    }

    /**
     * Records the duration of a step.
     *
     * @param seconds duration of the step, summed over all ranks
     * @param microBatches number of micro-batches of each rank
     */
    void took(double seconds, long microBatches) {
      double ofOne = seconds / peers.worldSize() / microBatches;
      every = ofOne > 0 ? (long) Math.max(1, Math.ceil(SECONDS_BETWEEN / ofOne)) : Long.MAX_VALUE;
    }

    /** Whether all ranks are to stop before this micro-batch, and why. */
    RunEnding before(long microBatch) {
      if (microBatch == 0 || microBatch % every != 0) {
        return RunEnding.COMPLETED;
      }
      double[] requests = {signals.stop(), signals.evicted()};
      peers.allReduceSum(requests);
      return of(requests[0], requests[1]);
    }

    /** The ending that sums over all ranks mean. */
    static RunEnding of(double stop, double evicted) {
      return stop > 0 ? RunEnding.STOPPED : evicted > 0 ? RunEnding.EVICTED : RunEnding.COMPLETED;
    }
  }
}
