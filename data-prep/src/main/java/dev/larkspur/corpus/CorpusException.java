package dev.larkspur.corpus;

import dev.larkspur.storage.LarkspurException;


/** A corpus that cannot be prepared as asked, is unfinished, or is damaged. */
public class CorpusException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public CorpusException(String message) {
    super(message, null);
  }

  /** A failure that another one caused. */
  public CorpusException(String message, Throwable cause) {
    super(message, cause);
  }
}
