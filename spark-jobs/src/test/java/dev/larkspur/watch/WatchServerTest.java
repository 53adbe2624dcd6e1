package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.SampleTexts;
import dev.larkspur.run.SampleTexts.SampleText;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOSS = "{\"columns\":{\"training\":[\"loss\"]},\"runs\":%s}";

  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void writeRuns() {
    fixture("a")
        .settings("first", "training.learning-rate = 1e-3\nmodel.layers = 4")
        .summary("completed", 3, 3)
        .metrics(1, 3, step -> 5 - step)
        .failure(2, "worker 1 does not answer");
    fixture("b")
        .settings("second", "training.learning-rate = 0.002\nmodel.layers = 4.0")
        .summary("running", 2, 9)
        .metrics(1, 2, step -> 4)
        .validation(2, 4.5);
  }

  private RunFixture fixture(String name) {
    return new RunFixture(directory.resolve(name));
  }

  private WatchServer start(String... names) {
    List<String> paths =
        List.of(names).stream().map(name -> directory.resolve(name).toString()).toList();
    return WatchServer.start(paths, RunFixture.reader(), 0, Duration.ZERO);
  }

  private HttpResponse<String> post(WatchServer server, String body) throws Exception {
    URI data = server.address().resolve("data");
    return client.send(
        HttpRequest.newBuilder(data).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private JsonNode data(WatchServer server, String body) throws Exception {
    HttpResponse<String> response = post(server, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  @Test
  void thePageIsOneFileThatLoadsNothing() throws Exception {
    try (WatchServer server = start("")) {
      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(server.address()).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'");
      assertThat(response.body())
          .contains("<h1>2 runs</h1>", "type=\"application/json\">null<", "uPlot")
          .doesNotContain("src=\"http", "href=\"http", "{{");
    }
  }

  @Test
  void theFirstAnswerHasEverything() throws Exception {
    try (WatchServer server = start("")) {
      JsonNode news = data(server, LOSS.formatted("{}"));
      assertThat(news.path("runs")).hasSize(2);
      JsonNode first = news.path("runs").path(0);
      assertThat(first.path("view").path("status").path("state").asText()).isEqualTo("completed");
      assertThat(first.path("view").path("phases").path("compute").asDouble()).isEqualTo(4.5);
      assertThat(first.findValuesAsText("reason")).contains("worker 1 does not answer");
      JsonNode training = first.path("tracks").path("training");
      assertThat(training.path("columns").path("loss").toString()).isEqualTo("[4,3,2]");
      assertThat(training.path("seconds").toString()).isEqualTo("[2,4,6]");
      // Of settings that this version does not read, as the summary has it: 2 a token.
      assertThat(training.path("flops").toString()).isEqualTo("[2000,4000,6000]");
      assertThat(news.path("runs").path(1).path("view").path("status").path("state").asText())
          .isEqualTo("dead");
      assertThat(news.path("settings").findValuesAsText("key"))
          .containsExactly("training.learning-rate");
    }
  }

  @Test
  void laterAnswersHaveWhatIsNew() throws Exception {
    try (WatchServer server = start("")) {
      JsonNode first = data(server, LOSS.formatted("{}"));
      String known =
          known(first.path("runs").path(0), 0) + "," + known(first.path("runs").path(1), 1);
      String again =
          "{\"columns\":{\"training\":[\"loss\"]},\"settings\":%d,\"runs\":{%s}}"
              .formatted(first.path("settingsHash").asInt(), known);
      JsonNode nothing = data(server, again);
      assertThat(nothing.path("runs")).isEmpty();
      assertThat(nothing.has("settings")).isFalse();

      fixture("b").metrics(3, 4, step -> 3);
      JsonNode news = data(server, again);
      assertThat(news.path("runs")).hasSize(1);
      JsonNode training = news.path("runs").path(0).path("tracks").path("training");
      assertThat(news.path("runs").path(0).path("id").asInt()).isEqualTo(1);
      assertThat(training.path("from").asInt()).isEqualTo(2);
      assertThat(training.path("step").toString()).isEqualTo("[3,4]");
    }
  }

  private static String known(JsonNode run, int id) {
    assertThat(run.path("id").asInt()).isEqualTo(id);
    JsonNode track = run.path("tracks").path("training");
    return "\"%d\":{\"view\":%d,\"tracks\":{\"training\":{\"revision\":\"%s\",\"complete\":%d}}}"
        .formatted(
            id,
            run.path("hash").asInt(),
            track.path("revision").asText(),
            track.path("complete").asInt());
  }

  @Test
  void sampleTextsAreShown() throws Exception {
    new SampleTexts(3, List.of(new SampleText("a <b>", " c\n</script>")))
        .write(fixture("a").directory());
    try (WatchServer server = start("a")) {
      JsonNode samples =
          data(server, LOSS.formatted("{}")).path("runs").path(0).path("view").path("samples");
      assertThat(samples.path(0).path("step").asInt()).isEqualTo(3);
      assertThat(samples.path(0).path("texts").path(0).path("text").asText())
          .isEqualTo(" c\n</script>");
    }
    String page = WatchServer.page(List.of(directory.resolve("a").toString()), RunFixture.reader());
    assertThat(page).contains("<h1>a</h1>", "a \\u003cb>", "\\u003c/script>");
  }

  @Test
  void whatIsNotForThePageIsRefused() throws Exception {
    try (WatchServer server = start("")) {
      assertThat(post(server, "{\"nonsense\":1}").statusCode()).isEqualTo(400);
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(server.address().resolve("config.conf")).build(),
                      BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(404);
      assertThat(answerTo(server, "elsewhere.example")).contains(" 403 ");
      assertThat(answerTo(server, "localhost:" + server.address().getPort())).contains(" 200 ");
    }
  }

  /** The first line of an answer, for a name that the client gives the host. */
  private static String answerTo(WatchServer server, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aDirectoryWithoutRunsAndATakenPortAreRefused() {
    assertThatThrownBy(() -> start("none"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no run in");
    try (WatchServer server = start("a")) {
      int taken = server.address().getPort();
      assertThatThrownBy(
              () ->
                  WatchServer.start(
                      List.of(directory.toString()), RunFixture.reader(), taken, Duration.ZERO))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("choose another --port");
    }
  }
}
