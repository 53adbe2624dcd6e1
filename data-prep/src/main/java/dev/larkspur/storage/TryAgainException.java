package dev.larkspur.storage;

/**
 * A failure that may be gone when the same command is run again: another run is at work, or storage
 * did not take what was written.
 */
public class TryAgainException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public TryAgainException(String message) {
    this(message, null);
  }

  /** A failure that another one caused. */
  public TryAgainException(String message, Throwable cause) {
    super(message, cause, TRY_AGAIN);
  }
}
