package dev.larkspur.document;

import dev.larkspur.storage.BadInputException;

/** Document files that are missing, unreadable or of an unknown form. */
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
