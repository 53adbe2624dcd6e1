package dev.larkspur.curate;

import dev.larkspur.storage.LarkspurException;


/** Thresholds out of range, or lists and languages that cannot be used. */
public final class CurateException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public CurateException(String message) {
    super(message, null);
  }

  /** A failure that another one caused. */
  public CurateException(String message, Throwable cause) {
    super(message, cause);
  }
}
