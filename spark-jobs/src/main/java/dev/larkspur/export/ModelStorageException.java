package dev.larkspur.export;

/** Storage failed while a model was written or read; the message names the file. */
public final class ModelStorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModelStorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
