package dev.larkspur.train;

import dev.larkspur.storage.LarkspurException;

/** Training cannot start or resume; the message says why and what to change. */
public final class TrainingException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message, null, FAILURE);
  }

  public TrainingException(String message, Throwable cause) {
    super(message, cause, FAILURE);
  }
}
