package dev.larkspur.storage;

/** Options, settings or files are wrong: the same command will fail again. */
public class BadInputException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public BadInputException(String message) {
    this(message, null);
  }

  /** A failure that another one caused. */
  public BadInputException(String message, Throwable cause) {
    super(message, cause, BAD_INPUT);
  }
}
