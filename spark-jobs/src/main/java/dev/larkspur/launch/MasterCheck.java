package dev.larkspur.launch;

import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.TransientFailures;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * Checks whether the cluster can be reached; Spark itself would report a failure in hundreds of
 * lines.
 */
public final class MasterCheck {
  private static final Pattern KNOWN =
      Pattern.compile(
          "local(\\[\\s*([1-9]\\d*|\\*)\\s*(,\\s*\\d+\\s*)?])?|local-cluster\\[.*]|yarn"
              + "|(spark|k8s)://.+");

  private static final Pattern STANDALONE = Pattern.compile("spark://(.+)");
  private static final Pattern ADDRESS = Pattern.compile("(.+):(\\d{1,5})");
  private static final int PATIENCE_MILLIS = 10_000;

  private MasterCheck() {}

  /** What is wrong with the form of a master's URL; empty if nothing is. */
  public static Optional<SettingsProblem> problem(String master) {
    return KNOWN.matcher(master).matches()
        ? Optional.empty()
        : Optional.of(
            new SettingsProblem(
                "--master",
                "spark.master",
                master,
                "is not a master URL of Spark",
                "give local[N], local[*], spark://HOST:PORT, yarn or k8s://HOST:PORT"));
  }

  /**
   * Tries to connect to a standalone master, or one of several.
   *
   * @throws TryAgainException if none of them answers
   */
  public static void requireReachable(String master) {
    Matcher standalone = STANDALONE.matcher(master);
    if (!standalone.matches()) {
      return;
    }
    IOException failure = null;
    for (String address : standalone.group(1).split(",", -1)) {
      Matcher hostAndPort = ADDRESS.matcher(address);
      if (!hostAndPort.matches()) {
        // Spark reports it.
        return;
      }
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(hostAndPort.group(1), Integer.parseInt(hostAndPort.group(2))),
            PATIENCE_MILLIS);
        return;
      } catch (IOException | IllegalArgumentException e) {
        failure = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
      }
    }
    throw unreachable(master, failure);
  }

  /** Whether Spark failed to start because of the network or an unreachable cluster. */
  public static boolean isUnreachable(Throwable failure) {
    return ExceptionUtils.getThrowableList(failure).stream()
        .anyMatch(cause -> TransientFailures.isTransient(cause) || ClusterLoss.hasEnded(cause));
  }

  /** Why Spark did not start. */
  public static TryAgainException unreachable(String master, Throwable cause) {
    Throwable root = ExceptionUtils.getRootCause(cause);
    return new TryAgainException(
        "Spark cannot be started on %s (%s): start the cluster or correct --master, then run the same command again"
            .formatted(master, root == null ? cause : root),
        cause);
  }

  /** Spark does not start with the settings and the memory that it was given. */
  public static final class SparkStartException extends BadInputException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 500;

    public SparkStartException(Exception cause) {
      super(
          "Spark does not start (%s): correct the settings below spark, or LARKSPUR_HEAP"
              .formatted(reason(cause)),
          cause);
    }

    private static String reason(Exception cause) {
      String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      return StringUtils.abbreviate(message.strip().replaceAll("\\s*\\R\\s*", " "), LONGEST);
    }
  }
}
