package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.watch.Curves.Known;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class CurvesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Lines of 10 tokens a step at 5 tokens a second, whose loss is the step. */
  private static Track track(int steps) {
    Track track = new Track();
    for (int step = 1; step <= steps; step++) {
      track.add(
          Map.of(
              "step",
              (double) step,
              "tokens",
              10.0 * step,
              "tokensPerSecond",
              5.0,
              "loss",
              step == 3 ? Double.NaN : step));
    }
    return track;
  }

  private static JsonNode write(Track track, int limit, Known known) throws Exception {
    StringWriter text = new StringWriter();
    Curves curves = new Curves(track, new Progression(track, step -> 100 * step), 0, limit);
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      curves.write(json, List.of("loss"), known);
    }
    JsonNode written = JSON.readTree(text.toString());
    Known now = new Known(written.path("revision").asText(), written.path("complete").asInt());
    boolean open = track.size() > now.complete() * stride(now);
    assertThat(curves.isNews(now)).isEqualTo(open);
    return written;
  }

  private static int stride(Known known) {
    return Integer.parseInt(known.revision().split("\\.", -1)[1]);
  }

  private static List<Double> numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(value -> value.isNull() ? Double.NaN : value.asDouble())
        .toList();
  }

  @Test
  void fewLinesAreAllShownOverAllAxes() throws Exception {
    JsonNode written = write(track(4), 4, Known.NONE);
    assertThat(numbers(written.path("step"))).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(numbers(written.path("tokens"))).containsExactly(10.0, 20.0, 30.0, 40.0);
    assertThat(numbers(written.path("seconds"))).containsExactly(2.0, 4.0, 6.0, 8.0);
    assertThat(numbers(written.path("flops"))).containsExactly(100.0, 200.0, 300.0, 400.0);
    assertThat(numbers(written.path("columns").path("loss")))
        .containsExactly(1.0, 2.0, Double.NaN, 4.0);
    assertThat(written.path("columns").has("loss:low")).isFalse();
  }

  @Test
  void manyLinesAreGroupsWithMeanLeastAndGreatest() throws Exception {
    JsonNode written = write(track(10), 3, Known.NONE);
    assertThat(written.path("revision").asText()).isEqualTo("0.4");
    assertThat(written.path("complete").asInt()).isEqualTo(2);
    assertThat(numbers(written.path("step"))).containsExactly(4.0, 8.0, 10.0);
    JsonNode columns = written.path("columns");
    // Of 1, 2 and 4: what is not finite does not count.
    assertThat(numbers(columns.path("loss")).get(0)).isCloseTo(7.0 / 3, within(1e-6));
    assertThat(numbers(columns.path("loss")).subList(1, 3)).containsExactly(6.5, 9.5);
    assertThat(numbers(columns.path("loss:low"))).containsExactly(1.0, 5.0, 9.0);
    assertThat(numbers(columns.path("loss:high"))).containsExactly(4.0, 8.0, 10.0);
  }

  @Test
  void onlyNewPointsAreWritten() throws Exception {
    JsonNode written = write(track(11), 3, new Known("0.4", 2));
    assertThat(written.path("from").asInt()).isEqualTo(2);
    assertThat(numbers(written.path("step"))).containsExactly(11.0);
    assertThat(numbers(written.path("columns").path("loss:high"))).containsExactly(11.0);
  }

  @Test
  void whenGroupsDoubleAllIsWrittenAgain() throws Exception {
    JsonNode written = write(track(13), 3, new Known("0.4", 3));
    assertThat(written.path("revision").asText()).isEqualTo("0.8");
    assertThat(written.path("from").asInt()).isZero();
    assertThat(numbers(written.path("step"))).containsExactly(8.0, 13.0);
  }

  @Test
  void betweenLinesAxesAreInterpolated() {
    Progression progression = new Progression(track(4), step -> Double.NaN);
    assertThat(progression.tokens(2.5)).isEqualTo(25.0);
    assertThat(progression.seconds(0.5)).isEqualTo(1.0);
    assertThat(progression.seconds(9)).isEqualTo(8.0);
  }
}
