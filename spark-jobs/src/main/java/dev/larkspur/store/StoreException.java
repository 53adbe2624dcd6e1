package dev.larkspur.store;

import org.apache.hadoop.fs.FSError;

/** The run directory cannot be read or written; the message names the file and what to do. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A write that the local file system refused, outside of a run's directory. */
  public static StoreException ofDisk(FSError error) {
    return new StoreException(
        "cannot write to disk (%s): make room, or choose another directory, and run the command again"
            .formatted(
                error.getCause() == null ? error.getMessage() : error.getCause().getMessage()),
        error);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
