package dev.larkspur.launch;

import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkException;

/**
 * Failures of the cluster itself. While a command runs, {@code SparkContext.isStopped} shows that
 * Spark has ended, and the command throws {@link SparkEndedException}. Messages of Spark 3.5 and
 * 4.1 are read for the rest, because they carry no error class:
 *
 * <ul>
 *   <li>where Spark does not start, there is no context to ask;
 *   <li>where a standalone master removes the application, Spark fails the job first and stops its
 *       context later, in another thread;
 *   <li>a job that lost its executors fails with a {@link SparkException} without a cause. The type
 *       {@code ExecutorLostFailure} reaches listeners only, in another thread and perhaps after the
 *       exception, and does not say which job it has failed.
 * </ul>
 */
public final class ClusterLoss {
  private static final List<String> ENDED =
      List.of(
          "SparkContext was shut down",
          "stopped SparkContext",
          "Master removed our application",
          "All masters are unresponsive",
          "has been stopped");

  private static final String EXECUTORS_LOST = "ExecutorLostFailure";

  private ClusterLoss() {}

  /** Whether Spark has ended while it started, or while a command used it. */
  static boolean hasEnded(Throwable cause) {
    return cause instanceof SparkEndedException
        || (isOfSpark(cause) && ENDED.stream().anyMatch(message(cause)::contains));
  }

  /** Why executors were lost; empty if none were. */
  static Optional<String> executors(Throwable cause) {
    String text = message(cause);
    int at = text.indexOf(EXECUTORS_LOST);
    return isOfSpark(cause) && at >= 0
        ? text.substring(at + EXECUTORS_LOST.length()).strip().lines().findFirst()
        : Optional.empty();
  }

  private static boolean isOfSpark(Throwable cause) {
    return cause instanceof SparkException || cause instanceof IllegalStateException;
  }

  private static String message(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }

  /** Spark had ended when a command failed. */
  public static final class SparkEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SparkEndedException(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }
}
