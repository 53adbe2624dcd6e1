package dev.larkspur.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Recognises transient failures of storage and network. */
public final class TransientFailures {
  private static final List<Class<? extends IOException>> NETWORK =
      List.of(
          SocketException.class,
          InterruptedIOException.class,
          UnknownHostException.class,
          SSLException.class);

  /**
   * Exceptions of s3a and HDFS after their own retries; the classes are available only at run time.
   */
  private static final Set<String> STORAGE =
      Set.of(
          "AWSServiceThrottledException",
          "AWSStatus500Exception",
          "AWSNoResponseException",
          "AWSApiCallTimeoutException",
          "AWSClientIOException",
          // HDFS with no reachable replica of a block, or no active NameNode.
          "BlockMissingException",
          "RemoteException");

  private TransientFailures() {}

  /** Whether the failure itself is transient; ignores its causes. */
  public static boolean isTransient(Throwable failure) {
    return isTransient(failure.getClass());
  }

  /** Whether the failure or one of its causes is transient. */
  public static boolean hasTransientCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isTransient(cause)) {
        return true;
      }
    }
    return false;
  }

  /** Whether failures of a type are transient. */
  public static boolean isTransient(Class<?> type) {
    return NETWORK.stream().anyMatch(network -> network.isAssignableFrom(type))
        || (IOException.class.isAssignableFrom(type) && STORAGE.contains(type.getSimpleName()));
  }
}
