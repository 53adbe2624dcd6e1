package dev.larkspur.train.driver;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.ProcessEnd;
import dev.larkspur.train.worker.StopSignals;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Stops a training from the driver: SIGTERM writes the stop file that rank 0 checks. A stop file
 * that a driver wrote is deleted, so that the training resumes when it is started again. One that a
 * user created stays until a user removes it.
 */
final class StopControl implements AutoCloseable {
  /** What a driver writes into the stop file. */
  private static final String BY_SIGNAL = "SIGTERM\n";

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

  /** From now on SIGTERM writes a checkpoint. Deletes the stop file of a driver that was killed. */
  static StopControl of(RunDirectory run, Lease lease, TrainingObserver observer) {
    StopControl control = new StopControl(run, lease, observer);
    try {
      control.deleteOwn();
    } catch (RuntimeException e) {
      control.task.close();
      throw e;
    }
    return control;
  }

  /** Whether the run must not continue until a user removes the stop file. */
  static boolean isHeld(RunDirectory run) {
    return content(run).filter(content -> !content.equals(BY_SIGNAL)).isPresent();
  }

  /** Content of the stop file, which a user may remove at any time. */
  private static Optional<String> content(RunDirectory run) {
    if (!run.hasFile(StopSignals.STOP_FILE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(run.readText(StopSignals.STOP_FILE));
    } catch (StoreException e) {
      if (e.getCause() instanceof FileNotFoundException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void deleteOwn() {
    if (content(run).filter(BY_SIGNAL::equals).isPresent() && isOurs()) {
      run.delete(StopSignals.STOP_FILE);
    }
  }

  /** Handles SIGTERM. */
  void stop() {
    if (!isOurs()) {
      return;
    }
    observer.note("received a termination signal: writing a checkpoint first");
    try {
      if (!run.has(StopSignals.STOP_FILE)) {
        // A partial file would be taken for a user's, and block the run.
        run.writeAtomically(StopSignals.STOP_FILE, BY_SIGNAL);
      }
    } catch (StoreException e) {
      observer.note(e.getMessage());
    }
  }

  /** Prevents a driver that has lost the run from stopping the training of its successor. */
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
      return run.hasFile(StopSignals.STOP_FILE);
    } catch (StoreException unreachable) {
      // Storage is unreachable for now; the next check may reach it.
      return false;
    }
  }

  /** Whether the process has received a termination signal. */
  boolean isEnding() {
    return task.isEnding();
  }

  /** Waits; returns early if the process receives a termination signal. */
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
      deleteOwn();
      if (isHeld(run)) {
        observer.note(
            "%s remains, and keeps the run stopped: delete that file to resume"
                .formatted(run.path(StopSignals.STOP_FILE)));
      }
    } catch (StoreException e) {
      observer.note(e.getMessage());
    } finally {
      task.close();
    }
  }
}
