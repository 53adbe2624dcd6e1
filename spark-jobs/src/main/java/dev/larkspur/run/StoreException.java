package dev.larkspur.run;

import dev.larkspur.storage.LarkspurException;

/** The run directory cannot be read or written; the message names the file and what to do. */
public final class StoreException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause, FAILURE);
  }
}
