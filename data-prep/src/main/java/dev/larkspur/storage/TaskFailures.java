package dev.larkspur.storage;

import dev.larkspur.storage.NewFile.UnwritableFileException;

/**
 * Finds the message for the user in the exceptions that Spark wraps around the failure of a task.
 */
public final class TaskFailures {
  private TaskFailures() {}

  /**
   * Returns what the caller of a failed Spark action should throw: the {@link LarkspurException}
   * that a task threw if there is one in the chain of causes, else the failure itself.
   */
  public static RuntimeException unwrap(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LarkspurException explained) {
        return explained;
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  /** The innermost cause. */
  public static Throwable root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Like {@link #rootMessage}, with the file that could not be written, if there is one. */
  public static String fileAndReason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnwritableFileException named) {
        return named.getMessage();
      }
    }
    return rootMessage(failure);
  }

  /** The message of the innermost cause, for a sentence about the reason of a failure. */
  public static String rootMessage(Throwable failure) {
    Throwable root = root(failure);
    String message = root.getMessage();
    return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
  }
}
