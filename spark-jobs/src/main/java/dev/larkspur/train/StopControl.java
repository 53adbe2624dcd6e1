package dev.larkspur.train;

import dev.larkspur.store.RunDirectory;
import dev.larkspur.store.StoreException;

/** The driver's end of stopping: SIGTERM to it becomes the stop file that rank 0 looks for. */
final class StopControl implements AutoCloseable {
  private final RunDirectory run;
  private final TrainingObserver observer;
  private final ProcessEnd.Task task;

  private StopControl(RunDirectory run, TrainingObserver observer) {
    this.run = run;
    this.observer = observer;
    this.task = ProcessEnd.register(this::stop);
  }

  /** From now on SIGTERM leaves a checkpoint. A stop file from before is taken away. */
  static StopControl of(RunDirectory run, TrainingObserver observer) {
    if (run.has(LeaveRequests.STOP_FILE)) {
      observer.note("taking away the stop file that an earlier training has left");
      run.delete(LeaveRequests.STOP_FILE);
    }
    return new StopControl(run, observer);
  }

  private void stop() {
    observer.note("asked to end: writing a checkpoint first");
    try {
      run.write(LeaveRequests.STOP_FILE, "SIGTERM\n");
    } catch (StoreException e) {
      observer.note(e.getMessage());
    }
  }

  /** Whether the training is to end, also between two attempts. */
  boolean isStopping() {
    return task.isEnding() || run.has(LeaveRequests.STOP_FILE);
  }

  @Override
  public void close() {
    try {
      run.delete(LeaveRequests.STOP_FILE);
    } finally {
      task.close();
    }
  }
}
