package dev.larkspur.run;

/** The run directory can never be used as it is; the message names the cause and what to do. */
public final class UnusableDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableDirectoryException(String message) {
    super(message);
  }
}
