package dev.larkspur.benchmark;

import dev.larkspur.storage.LarkspurException;

/** A step could not be measured, or does not compute what the reference computes. */
public final class StepBenchmarkException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  StepBenchmarkException(String message, Throwable cause) {
    super(message, cause, FAILURE);
  }
}
