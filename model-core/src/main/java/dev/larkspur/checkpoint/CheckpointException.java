package dev.larkspur.checkpoint;

/**
 * A checkpoint file is not what it should be; the message names the file, what is wrong and what to
 * do.
 */
public class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
