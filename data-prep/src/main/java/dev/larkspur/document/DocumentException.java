package dev.larkspur.document;

import dev.larkspur.storage.BadInputException;

/** Document files are missing, unreadable or of an unknown format. */
public final class DocumentException extends BadInputException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public DocumentException(String message) {
    super(message);
  }

  /** A failure that another one caused. */
  public DocumentException(String message, Throwable cause) {
    super(message, cause);
  }
}
