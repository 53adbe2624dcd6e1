package dev.larkspur.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.larkspur.run.Json;
import dev.larkspur.status.RunStatusReader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.watch.WatchedRuns.DataRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Serves the page of some runs on 127.0.0.1. Storage is read only while a page is open: when it
 * asks, and no more often than it was told to.
 */
public final class WatchServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WatchServer.class.getName());
  private static final String LOCALHOST = "127.0.0.1";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int THREADS = 4;
  private static final int LONGEST_REQUEST = 1 << 20;
  private static final ObjectMapper JSON = Json.mapper();

  /** Nothing of a run can make the page load or send anything elsewhere. */
  private static final String POLICY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
          + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

  private final HttpServer server;
  private final ExecutorService threads;
  private final WatchedRuns runs;
  private final String page;

  private WatchServer(HttpServer server, WatchedRuns runs, String title) {
    this.server = server;
    this.runs = runs;
    this.page = RunPage.live(title);
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts a server.
   *
   * @param directories of runs, or of several
   * @param port 0 for any that is free
   * @param every shortest time between two looks at storage
   * @throws BadInputException if a directory has no run, or the port is taken
   */
  public static WatchServer start(
      List<String> directories, RunStatusReader reader, int port, Duration every) {
    WatchedRuns runs = new WatchedRuns(directories, reader, every);
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
      WatchServer watch = new WatchServer(server, runs, title(runs.paths()));
      server.setExecutor(watch.threads);
      server.createContext("/", watch::answer);
      server.start();
      return watch;
    } catch (IOException e) {
      runs.close();
      throw new BadInputException(
          "cannot listen on %s:%d (%s): choose another --port, or leave it out for any that is free"
              .formatted(LOCALHOST, port, e.getMessage()),
          e);
    }
  }

  /**
   * The page of some runs as they are now, as one HTML file without a server.
   *
   * @throws BadInputException if a directory has no run
   */
  public static String page(List<String> directories, RunStatusReader reader) {
    try (WatchedRuns runs = new WatchedRuns(directories, reader, Duration.ZERO)) {
      runs.refresh();
      return RunPage.selfContained(title(runs.paths()), runs);
    }
  }

  static String title(List<String> runs) {
    return runs.size() == 1
        ? runs.get(0).substring(runs.get(0).lastIndexOf('/') + 1)
        : runs.size() + " runs";
  }

  /** Where the page is. */
  public URI address() {
    return URI.create("http://%s:%d/".formatted(LOCALHOST, server.getAddress().getPort()));
  }

  /** Number of runs when it started. */
  public int runs() {
    return runs.size();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      if (!isForThisHost(exchange)) {
        send(exchange, 403, "text/plain", "this page is for 127.0.0.1 only\n");
      } else if (path.equals("/") && method.equals("GET")) {
        send(exchange, 200, "text/html", page);
      } else if (path.equals("/data") && method.equals("POST")) {
        data(exchange);
      } else {
        send(exchange, 404, "text/plain", "there is only /\n");
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot answer " + exchange.getRequestURI(), e);
      throw e;
    }
  }

  /** A page from elsewhere can reach this port by a name that it resolves to 127.0.0.1. */
  private static boolean isForThisHost(HttpExchange exchange) {
    String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
    return Set.of(LOCALHOST, "localhost").contains(host.replaceFirst(":\\d+$", ""));
  }

  private void data(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream news = new ByteArrayOutputStream();
    try {
      DataRequest request =
          JSON.readValue(exchange.getRequestBody().readNBytes(LONGEST_REQUEST), DataRequest.class);
      runs.refresh();
      runs.write(request, WatchedRuns.MOST_POINTS, news);
    } catch (JsonProcessingException e) {
      send(exchange, 400, "text/plain", "this is no request of the page\n");
      return;
    } catch (LarkspurException unreachable) {
      send(exchange, 503, "text/plain", unreachable.getMessage());
      return;
    }
    send(exchange, 200, "application/json", news.toByteArray());
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    send(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
    runs.close();
  }
}
