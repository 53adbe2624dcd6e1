package dev.larkspur.mlflow;

import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.TaskFailures;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * Calls a tracking server through MLflow's own client. The client waits for an answer forever, so
 * each call has a deadline, at which its connections are closed. Not thread-safe.
 */
final class TrackingServer implements AutoCloseable {
  /** Longest time of a call. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final ScheduledThreadPoolExecutor ALARM =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread created = new Thread(task, "deadlines of MLflow");
            created.setDaemon(true);
            return created;
          });
  private static final Duration UPLOAD = Duration.ofHours(1);
  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;
  private static final int TIMEOUT = 408;
  private static final int TOO_MANY = 429;

  private final String uri;
  private final Map<String, String> environment;
  private final Duration deadline;
  private MlflowClient client;
  private HttpClient uploads;

  static {
    ALARM.setRemoveOnCancelPolicy(true);
  }

  /**
   * @param uri its address
   * @param environment of the process, with the credentials
   * @param deadline longest time of a call
   */
  TrackingServer(String uri, Map<String, String> environment, Duration deadline) {
    this.uri = uri;
    this.environment = environment;
    this.deadline = deadline;
  }

  String uri() {
    return uri;
  }

  /**
   * Calls the server.
   *
   * @throws StoreException if it does not answer or cannot answer now
   * @throws BadInputException if it refuses the call
   */
  <T> T call(Function<MlflowClient, T> call) {
    if (client == null) {
      client = new MlflowClient(credentials());
    }
    MlflowClient used = client;
    ScheduledFuture<?> alarm =
        ALARM.schedule(used::close, deadline.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return call.apply(used);
    } catch (MlflowHttpException refused) {
      throw refused(refused.getStatusCode(), refused.getBodyMessage(), refused);
    } catch (MlflowClientException | IllegalStateException unreachable) {
      // The connections may be closed by now.
      close();
      throw unreachable(unreachable);
    } finally {
      alarm.cancel(false);
    }
  }

  private BasicMlflowHostCreds credentials() {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (user != null && password != null) {
      return new BasicMlflowHostCreds(uri, user, password);
    }
    return token == null ? new BasicMlflowHostCreds(uri) : new BasicMlflowHostCreds(uri, token);
  }

  /**
   * Uploads a file through the server's own store of artifacts, which the client only does by
   * starting a Python program.
   *
   * @param path below the store's root
   * @param content opens the content
   * @param bytes its length
   */
  void upload(String path, Supplier<InputStream> content, long bytes) {
    String base = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    BodyPublisher body =
        BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(content), Math.max(1, bytes));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(base + "/api/2.0/mlflow-artifacts/artifacts/" + encoded(path)))
            .timeout(UPLOAD)
            .PUT(bytes == 0 ? BodyPublishers.noBody() : body);
    authorization().ifPresent(value -> request.header("Authorization", value));
    HttpResponse<String> response;
    try {
      response = uploads().send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
    if (response.statusCode() >= CLIENT_ERROR) {
      throw refused(response.statusCode(), response.body(), null);
    }
  }

  /**
   * One for all files, as Java 17 cannot close it; servers may lose a body with an offer of HTTP/2.
   */
  private HttpClient uploads() {
    if (uploads == null) {
      uploads =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(deadline)
              .build();
    }
    return uploads;
  }

  private static String encoded(String path) {
    try {
      return new URI(null, null, "/" + path, null).getRawPath().substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private Optional<String> authorization() {
    BasicMlflowHostCreds credentials = credentials();
    if (credentials.getUsername() != null) {
      String pair = credentials.getUsername() + ":" + credentials.getPassword();
      return Optional.of(
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }
    return Optional.ofNullable(credentials.getToken()).map(token -> "Bearer " + token);
  }

  private RuntimeException refused(int status, String message, Throwable cause) {
    boolean lasting =
        status >= CLIENT_ERROR && status < SERVER_ERROR && status != TIMEOUT && status != TOO_MANY;
    return lasting
        ? new BadInputException(
            "MLflow at %s refuses a request (%d: %s): check metrics.mlflow, and the credentials in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN"
                .formatted(uri, status, message),
            cause)
        : new StoreException(
            "MLflow at %s cannot answer now (%d: %s)".formatted(uri, status, message), cause);
  }

  private StoreException unreachable(Exception cause) {
    return new StoreException(
        "MLflow at %s does not answer (%s): check metrics.mlflow.tracking-uri and the server"
            .formatted(uri, TaskFailures.rootMessage(cause)),
        cause);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
