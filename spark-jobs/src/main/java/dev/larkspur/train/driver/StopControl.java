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
 * The driver's end of stopping: SIGTERM to it becomes the stop file that rank 0 looks for. One that
 * a driver has written is deleted, as the training is to resume when it is started again; one that
 * somebody else has put there stays until somebody takes it away.
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

  /** From now on SIGTERM leaves a checkpoint. What a driver that was killed has left is deleted. */
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

  /** Whether the run is to stay as it is until somebody takes the stop file away. */
  static boolean isHeld(RunDirectory run) {
    return content(run).filter(content -> !content.equals(BY_SIGNAL)).isPresent();
  }

  /** Of the stop file, which anybody may take away at any time. */
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

  /** What SIGTERM does. */
  void stop() {
    if (!isOurs()) {
      return;
    }
    observer.note("asked to end: writing a checkpoint first");
    try {
      if (!run.has(StopSignals.STOP_FILE)) {
        // Half a file would be taken for somebody else's, and hold the run.
        run.writeWhole(StopSignals.STOP_FILE, BY_SIGNAL);
      }
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
      return run.hasFile(StopSignals.STOP_FILE);
    } catch (StoreException unreachable) {
      // Storage that is away for now has nothing to say; the next look may reach it.
      return false;
    }
  }

  /** Whether the process was asked to end. */
  boolean isEnding() {
    return task.isEnding();
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
      deleteOwn();
      if (isHeld(run)) {
        observer.note(
            "%s stays, and holds the run where it is: delete that file to resume"
                .formatted(run.path(StopSignals.STOP_FILE)));
      }
    } catch (StoreException e) {
      observer.note(e.getMessage());
    } finally {
      task.close();
    }
  }
}
