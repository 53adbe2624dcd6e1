package dev.larkspur.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Tells failures of storage and network that may be gone at the next try. */
public final class PassingFailures {
  private static final List<Class<? extends IOException>> NETWORK =
      List.of(
          SocketException.class,
          InterruptedIOException.class,
          UnknownHostException.class,
          SSLException.class);

  /** What s3a and HDFS throw when their own retries have not helped; known at run time only. */
  private static final Set<String> STORAGE =
      Set.of(
          "AWSServiceThrottledException",
          "AWSStatus500Exception",
          "AWSNoResponseException",
          "AWSApiCallTimeoutException",
          "AWSClientIOException",
          // HDFS with all copies of a block out of reach, or no active name node.
          "BlockMissingException",
          "RemoteException");

  private PassingFailures() {}

  /** Whether the failure itself is of that kind; its causes are not looked at. */
  public static boolean include(Throwable failure) {
    return include(failure.getClass());
  }

  /** Whether the failure or one of its causes is of that kind. */
  public static boolean cause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (include(cause)) {
        return true;
      }
    }
    return false;
  }

  /** Whether failures of a type are of that kind. */
  public static boolean include(Class<?> type) {
    return NETWORK.stream().anyMatch(network -> network.isAssignableFrom(type))
        || (IOException.class.isAssignableFrom(type) && STORAGE.contains(type.getSimpleName()));
  }
}
