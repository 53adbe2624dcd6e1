package dev.larkspur.cli;

import dev.larkspur.document.DataPrepException;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;

/** What a command exits with, so that a scheduler knows what to do next. */
final class ExitCode {
  /** All went well. */
  static final int DONE = 0;

  /** It failed in a way that a person must look at. */
  static final int FAILURE = 1;

  /** Options, settings or documents are wrong: the same command will fail again. */
  static final int BAD_INPUT = 2;

  /** There was nothing new. */
  static final int NOTHING_TO_DO = 3;

  /** Another run is at work, or storage or network failed for now; BSD's {@code EX_TEMPFAIL}. */
  static final int TRY_AGAIN = 75;

  /** What s3a throws when its own retries have not helped; the classes come at run time only. */
  private static final Set<String> S3A_TRANSIENT =
      Set.of(
          "AWSServiceThrottledException",
          "AWSStatus500Exception",
          "AWSNoResponseException",
          "AWSApiCallTimeoutException");

  private ExitCode() {}

  /** The code for a failure: that of the innermost cause that tells. */
  static int of(Throwable failure) {
    int code = FAILURE;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isTransient(cause)) {
        return TRY_AGAIN;
      }
      if (cause instanceof DataPrepException) {
        code = BAD_INPUT;
      }
    }
    return code;
  }

  private static boolean isTransient(Throwable cause) {
    return cause instanceof TryAgainException
        || cause instanceof SocketException
        || cause instanceof InterruptedIOException
        || cause instanceof UnknownHostException
        || (cause instanceof IOException
            && S3A_TRANSIENT.contains(cause.getClass().getSimpleName()));
  }
}
