package dev.larkspur.train;

import dev.larkspur.storage.Lease;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.store.RunDirectory;
import dev.larkspur.store.StoreException;
import java.io.IOException;
import java.time.Duration;

/** The driver's end of stopping: SIGTERM to it becomes the stop file that rank 0 looks for. */
final class StopControl implements AutoCloseable {
  private final RunDirectory run;
  private final Lease lease;
  private final TrainingObserver observer;
  private final ProcessEnd.Task task;

  private StopControl(RunDirectory run, Lease lease, TrainingObserver observer) {
    this.run = run;
    this.lease = lease;
    this.observer = observer;
    this.task = ProcessEnd.register(this::stop);
  }

  /** From now on SIGTERM leaves a checkpoint. A stop file from before is taken away. */
  static StopControl of(RunDirectory run, Lease lease, TrainingObserver observer) {
    if (run.has(LeaveRequests.STOP_FILE)) {
      observer.note("taking away the stop file that an earlier training has left");
      run.delete(LeaveRequests.STOP_FILE);
    }
    return new StopControl(run, lease, observer);
  }

  /** What SIGTERM does. */
  void stop() {
    if (!isOurs()) {
      return;
    }
    observer.note("asked to end: writing a checkpoint first");
    try {
      run.write(LeaveRequests.STOP_FILE, "SIGTERM\n");
    } catch (StoreException e) {
      observer.note(e.getMessage());
    }
  }

  /** A driver that another one has taken over from would stop the training of that one. */
  private boolean isOurs() {
    try {
      lease.requireHeld();
      return true;
    } catch (IOException | TryAgainException e) {
      observer.note(e.getMessage());
      return false;
    }
  }

  /** Whether the training is to end, also between two attempts. */
  boolean isStopping() {
    if (task.isEnding()) {
      return true;
    }
    try {
      return run.has(LeaveRequests.STOP_FILE);
    } catch (StoreException unreachable) {
      // Storage that is away for now has nothing to say; the next look may reach it.
      return false;
    }
  }

  /** Waits, but not on when the process is to end. */
  void pause(Duration delay) {
    try {
      task.awaitEnding(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainingException("interrupted while waiting for another attempt", e);
    }
  }

  @Override
  public void close() {
    try {
      if (run.has(LeaveRequests.STOP_FILE) && isOurs()) {
        run.delete(LeaveRequests.STOP_FILE);
      }
    } catch (StoreException e) {
      observer.note(e.getMessage());
    } finally {
      task.close();
    }
  }
}
