package dev.larkspur.run;

import dev.larkspur.storage.BadInputException;

/** The run directory can never be used as it is; the message names the cause and what to do. */
public final class UnusableDirectoryException extends BadInputException {
  private static final long serialVersionUID = 1L;

  UnusableDirectoryException(String message) {
    super(message);
  }
}
