package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium, driven by the WebDriver protocol through chromedriver. Both are programs of
 * the machine: {@link #isInstalled} says whether it has them.
 */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern STARTED = Pattern.compile(".*started successfully on port (\\d+).*");
  private static final List<String> BROWSERS = List.of("chromium", "google-chrome");

  /** How long a page may take; a test never waits for as long unless it fails. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final URI address;
  private final String session;

  private Browser(Process driver, int width, Path profile)
      throws IOException, InterruptedException {
    this.driver = driver;
    this.address = URI.create("http://127.0.0.1:" + port(driver));
    Map<String, Object> options =
        Map.of(
            "binary",
            BROWSERS.stream().flatMap(name -> program(name).stream()).findFirst().orElseThrow(),
            "args",
            List.of(
                "--headless=new",
                // As root, which containers run as, its own sandbox does not start.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--window-size=%d,1100".formatted(width),
                "--user-data-dir=" + profile));
    this.session =
        post(
                "/session",
                Map.of(
                    "capabilities",
                    Map.of(
                        "alwaysMatch",
                        Map.of(
                            "goog:chromeOptions",
                            options,
                            "goog:loggingPrefs",
                            Map.of("browser", "ALL"),
                            "timeouts",
                            Map.of("script", PATIENCE.toMillis())))))
            .path("sessionId")
            .asText();
  }

  /** Whether this machine has Chromium and chromedriver. */
  static boolean isInstalled() {
    return program("chromedriver").isPresent()
        && BROWSERS.stream().anyMatch(name -> program(name).isPresent());
  }

  /**
   * Starts one.
   *
   * @param width of its window, in CSS pixels
   * @param directory for its files
   */
  static Browser start(int width, Path directory) throws IOException, InterruptedException {
    Process driver =
        new ProcessBuilder(program("chromedriver").orElseThrow(), "--port=0")
            .redirectErrorStream(true)
            .start();
    try {
      return new Browser(driver, width, Files.createDirectories(directory.resolve("profile")));
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      end(driver);
      throw e;
    }
  }

  private static Optional<String> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static int port(Process driver) throws IOException {
    BufferedReader lines = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.matches()) {
        return Integer.parseInt(started.group(1));
      }
    }
    throw new IOException("chromedriver has ended before it listened");
  }

  /** Opens a page. */
  void open(URI page) throws IOException, InterruptedException {
    command("/url", Map.of("url", page.toString()));
  }

  /** Gives the page a width in CSS pixels, which may be less than that of a window. */
  void width(int pixels) throws IOException, InterruptedException {
    command(
        "/goog/cdp/execute",
        Map.of(
            "cmd",
            "Emulation.setDeviceMetricsOverride",
            "params",
            Map.of("width", pixels, "height", 1100, "deviceScaleFactor", 1, "mobile", false)));
  }

  /** The value of an expression in JavaScript. */
  JsonNode value(String expression) throws IOException, InterruptedException {
    return command("/execute/sync", Map.of("script", "return " + expression, "args", List.of()));
  }

  /** Waits until an expression in JavaScript is true. */
  void await(String expression) throws IOException, InterruptedException {
    command(
        "/execute/async",
        Map.of(
            "script",
            """
            const done = arguments[arguments.length - 1];
            const look = () => (%s) ? done(true) : requestAnimationFrame(look);
            look();
            """
                .formatted(expression),
            "args",
            List.of()));
  }

  /**
   * Drags over an element, between two shares of its width, at half of its height.
   *
   * @param pointer {@code mouse} or {@code touch}
   */
  void drag(String pointer, String selector, double from, double to)
      throws IOException, InterruptedException {
    JsonNode box =
        value(
            "(() => { const box = document.querySelector('%s').getBoundingClientRect();"
                    .formatted(selector)
                + " return [box.left, box.top, box.width, box.height]; })()");
    long y = Math.round(box.path(1).asDouble() + box.path(3).asDouble() / 2);
    command(
        "/actions",
        Map.of(
            "actions",
            List.of(
                Map.of(
                    "type",
                    "pointer",
                    "id",
                    pointer,
                    "parameters",
                    Map.of("pointerType", pointer),
                    "actions",
                    List.of(
                        move(box, from, y),
                        Map.of("type", "pointerDown", "button", 0),
                        move(box, (from + to) / 2, y),
                        move(box, to, y),
                        Map.of("type", "pointerUp", "button", 0))))));
  }

  private static Map<String, Object> move(JsonNode box, double share, long y) {
    long x = Math.round(box.path(0).asDouble() + share * box.path(2).asDouble());
    return Map.of("type", "pointerMove", "duration", 0, "origin", "viewport", "x", x, "y", y);
  }

  /** The messages of the console since the last call. */
  List<String> console() throws IOException, InterruptedException {
    return command("/se/log", Map.of("type", "browser")).findValuesAsText("message");
  }

  private JsonNode command(String path, Object body) throws IOException, InterruptedException {
    return post("/session/" + session + path, body);
  }

  private JsonNode post(String path, Object body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(address.resolve(path))
                .timeout(PATIENCE.multipliedBy(2))
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).path("value");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      client.send(
          HttpRequest.newBuilder(address.resolve("/session/" + session)).DELETE().build(),
          BodyHandlers.discarding());
    } finally {
      end(driver);
    }
  }

  private static void end(Process driver) throws InterruptedException {
    driver.descendants().forEach(ProcessHandle::destroy);
    driver.destroy();
    driver.waitFor();
  }
}
