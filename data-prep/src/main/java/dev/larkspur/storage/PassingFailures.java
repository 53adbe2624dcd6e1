package dev.larkspur.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;

/** Tells failures of storage and network that may be gone at the next try. */
public final class PassingFailures {
  /** What s3a throws when its own retries have not helped; the classes come at run time only. */
  private static final Set<String> S3A =
      Set.of(
          "AWSServiceThrottledException",
          "AWSStatus500Exception",
          "AWSNoResponseException",
          "AWSApiCallTimeoutException");

  private PassingFailures() {}

  /** Whether the failure itself is of that kind; its causes are not looked at. */
  public static boolean include(Throwable failure) {
    return failure instanceof SocketException
        || failure instanceof InterruptedIOException
        || failure instanceof UnknownHostException
        || (failure instanceof IOException && S3A.contains(failure.getClass().getSimpleName()));
  }
}
