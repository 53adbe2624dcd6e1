package dev.larkspur.launch;

import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkException;

/** Failures of the cluster itself, which Spark tells in words only. */
final class ClusterLoss {
  private static final List<String> ENDED =
      List.of(
          "SparkContext was shut down",
          "stopped SparkContext",
          "Master removed our application",
          "All masters are unresponsive",
          "has been stopped");

  private static final String EXECUTORS_LOST = "ExecutorLostFailure";

  private ClusterLoss() {}

  /** Whether Spark ended under a command. */
  static boolean hasEnded(Throwable cause) {
    return isOfSpark(cause) && ENDED.stream().anyMatch(message(cause)::contains);
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
}
