package dev.larkspur.benchmark;

import dev.larkspur.storage.LarkspurException;

/** An engine could not be measured, or does not compute what the reference computes. */
public final class EngineBenchmarkException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  EngineBenchmarkException(String message, Throwable cause) {
    super(message, cause, FAILURE);
  }
}
