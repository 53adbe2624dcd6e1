package dev.larkspur.storage;

/**
 * A failure that its reader can mend. The message is one sentence that names the file and the
 * setting concerned and the remedy; a command line prints it alone, without a stack trace.
 */
public abstract class LarkspurException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * For subclasses of the packages of this module.
   *
   * @param message what is wrong and what to do about it
   * @param cause what was caught, or null
   */
  protected LarkspurException(String message, Throwable cause) {
    super(message, cause);
  }
}
