package dev.larkspur.storage;

/**
 * A transient failure: the same command may succeed later. For example, another run holds the
 * lease, or storage is unavailable.
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
