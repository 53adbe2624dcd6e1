package dev.larkspur.launch;

import dev.larkspur.corpus.UnreachableCorpusException;
import dev.larkspur.engine.NativeLibraryException;
import dev.larkspur.export.ModelException;
import dev.larkspur.run.UnusableDirectoryException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.PassingFailures;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.UnfitRunException;
import dev.larkspur.train.cluster.Slots.SlotsException;
import java.util.List;

/** What a command exits with, so that a scheduler knows what to do next. */
public final class ExitCode {
  /** All went well. */
  public static final int DONE = 0;

  /** It failed in a way that a person must look at. */
  public static final int FAILURE = 1;

  /** Options, settings or documents are wrong: the same command will fail again. */
  public static final int BAD_INPUT = 2;

  /** There was nothing new. */
  public static final int NOTHING_TO_DO = 3;

  /** Another run is at work, or storage or network failed for now; BSD's {@code EX_TEMPFAIL}. */
  public static final int TRY_AGAIN = 75;

  /** What says that the same command will fail again. */
  private static final List<Class<? extends RuntimeException>> BAD =
      List.of(
          LarkspurException.class,
          NativeLibraryException.class,
          ModelException.class,
          SparkStartException.class,
          UnfitRunException.class,
          UnusableDirectoryException.class);

  private ExitCode() {}

  /** The code for a failure: that of the innermost cause that tells. */
  static int of(Throwable failure) {
    int code = FAILURE;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (passes(cause.getClass())) {
        return TRY_AGAIN;
      }
      if (isBadInput(cause.getClass())) {
        code = BAD_INPUT;
      }
    }
    return code;
  }

  /** Whether failures of a type may be gone at the next try. */
  static boolean passes(Class<?> type) {
    return TryAgainException.class.isAssignableFrom(type)
        || SlotsException.class.isAssignableFrom(type)
        || UnreachableCorpusException.class.isAssignableFrom(type)
        || PassingFailures.include(type);
  }

  /** Whether failures of a type say that the same command will fail again. */
  static boolean isBadInput(Class<?> type) {
    return BAD.stream().anyMatch(bad -> bad.isAssignableFrom(type));
  }
}
