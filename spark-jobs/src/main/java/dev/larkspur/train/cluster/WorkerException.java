package dev.larkspur.train.cluster;

/** A worker failed for a reason outside of this project: its message is that of the cause. */
public final class WorkerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkerException(String message, Throwable cause) {
    super(message, cause);
  }
}
