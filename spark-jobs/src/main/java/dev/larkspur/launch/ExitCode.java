package dev.larkspur.launch;

import dev.larkspur.engine.EngineException.NativeLibraryException;
import dev.larkspur.engine.Engines.UnknownEngineException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.TransientFailures;
import dev.larkspur.storage.TryAgainException;

/** What a command exits with, so that a scheduler knows what to do next. */
public final class ExitCode {
  /** All went well. */
  public static final int DONE = 0;

  /** It failed and needs a person's attention. */
  public static final int FAILURE = LarkspurException.FAILURE;

  /** Options, settings or documents are wrong: the same command will fail again. */
  public static final int BAD_INPUT = LarkspurException.BAD_INPUT;

  /** There was nothing to do. */
  public static final int NOTHING_TO_DO = 3;

  /** The command {@code status} found a run that should train and does not. */
  public static final int STALLED = 4;

  /** Another run is active, or storage or network failed temporarily; BSD's {@code EX_TEMPFAIL}. */
  public static final int TRY_AGAIN = LarkspurException.TRY_AGAIN;

  private ExitCode() {}

  /**
   * The code for a failure: of a temporary cause if it has one, else of a cause that is bad input.
   */
  static int of(Throwable failure) {
    int code = FAILURE;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      int own =
          cause instanceof LarkspurException ours && ours.exitCode() != FAILURE
              ? ours.exitCode()
              : ofType(cause.getClass());
      if (own == TRY_AGAIN) {
        return TRY_AGAIN;
      }
      code = own == BAD_INPUT ? BAD_INPUT : code;
    }
    return code;
  }

  /** The code for a failure of which only the type is known. */
  static int ofType(Class<?> type) {
    if (TryAgainException.class.isAssignableFrom(type) || TransientFailures.isTransient(type)) {
      return TRY_AGAIN;
    }
    return BadInputException.class.isAssignableFrom(type)
            || NativeLibraryException.class.isAssignableFrom(type)
            || UnknownEngineException.class.isAssignableFrom(type)
        ? BAD_INPUT
        : FAILURE;
  }
}
