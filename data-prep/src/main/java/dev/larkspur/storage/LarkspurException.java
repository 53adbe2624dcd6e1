package dev.larkspur.storage;

/**
 * The root of the failures that a user can fix. The message is one sentence that names the file and
 * the setting concerned and the remedy; a command prints it alone, without a stack trace, and exits
 * with {@link #exitCode()}.
 */
public abstract class LarkspurException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A person must look at it: the cause may be transient or permanent. */
  public static final int FAILURE = 1;

  /** Options, settings or files are wrong: the same command will fail again. */
  public static final int BAD_INPUT = 2;

  /** The same command may succeed later; BSD's {@code EX_TEMPFAIL}. */
  public static final int TRY_AGAIN = 75;

  private final int exitCode;

  /**
   * For exception types with a fixed exit code: if only the type of a failure reaches the driver,
   * it still determines the code.
   *
   * @param message what is wrong and what to do about it
   * @param cause what was caught, or null
   * @param exitCode {@link #FAILURE}, {@link #BAD_INPUT} or {@link #TRY_AGAIN}
   */
  protected LarkspurException(String message, Throwable cause, int exitCode) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The exit code of a command that fails with this exception. */
  public final int exitCode() {
    return exitCode;
  }
}
