package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a headless Chromium, where the machine has one. */
class WatchPageIT {
  private static final String LOSS = "document.getElementById('loss').dataset";

  @TempDir private static Path profile;
  private static Browser browser;

  @TempDir private Path directory;

  @BeforeAll
  static void startBrowser() throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "needs chromium and chromedriver on the PATH: install the Debian packages chromium and"
            + " chromium-driver");
    browser = Browser.start(1280, profile);
  }

  @AfterAll
  static void endBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void writeRuns() {
    fixture("a")
        .settings("first", "training.learning-rate = 1e-3")
        .summary("running", 40, 100)
        .metrics(1, 40, step -> 5 - step / 20.0)
        .validation(40, 3.5);
    fixture("b")
        .settings("second <b>", "training.learning-rate = 2e-3")
        .summary("completed", 100, 100)
        .metrics(1, 100, step -> 6 - step / 25.0)
        .failure(50, "worker 1 does not answer");
  }

  @AfterEach
  void theConsoleHasNoError() throws Exception {
    assertThat(browser.console()).isEmpty();
  }

  private RunFixture fixture(String name) {
    return new RunFixture(directory.resolve(name));
  }

  private WatchServer serve(String name) {
    return WatchServer.start(
        List.of(directory.resolve(name).toString()), RunFixture.reader(), 0, Duration.ZERO);
  }

  private static String text(String selector) throws Exception {
    return browser.value("document.querySelector('%s').innerText".formatted(selector)).asText();
  }

  /** The colours that the canvas of a chart has, as many as are distinct. */
  private static long distinctColours(String chart) throws Exception {
    return browser
        .value(
            """
            (() => {
              const canvas = document.querySelector('#%s canvas');
              const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              const found = new Set();
              for (let i = 0; i < bytes.length; i += 4) {
                if (bytes[i + 3] === 255) { found.add(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]); }
              }
              return [0x0072b2, 0xd55e00].filter((colour) => found.has(colour)).length;
            })()
            """
                .formatted(chart)
                .strip())
        .asLong();
  }

  @Test
  void aCurveGrowsWhileItsRunTrains() throws Exception {
    try (WatchServer server = serve("a")) {
      browser.open(server.address());
      browser.await(LOSS + ".points > 40");
      assertThat(distinctColours("loss")).isEqualTo(1);
      assertThat(text("#runs tbody")).contains("first", "40 of 100 (40 %)");

      fixture("a").metrics(41, 60, step -> 3).summary("running", 60, 100);
      browser.await(LOSS + ".range.endsWith(' 60')");
      browser.await("document.querySelector('#runs').innerText.includes('60 of 100')");
    }
  }

  @Test
  void twoRunsAreOverlaidAndCompared() throws Exception {
    try (WatchServer server = serve("")) {
      browser.open(server.address());
      browser.await(LOSS + ".curves >= 3");
      assertThat(distinctColours("loss")).isEqualTo(2);
      assertThat(text("h1")).isEqualTo("2 runs");
      assertThat(text("#settings")).contains("training.learning-rate", "0.001", "0.002");
      assertThat(text("#attempts")).contains("failed", "worker 1 does not answer");
      assertThat(text("#runs")).contains("second <b>");
      assertThat(text("#samples")).contains("None of these runs has sample texts");

      browser.value("document.querySelectorAll('#runs input')[1].click()");
      browser.await(LOSS + ".range.endsWith(' 40')");
      assertThat(distinctColours("loss")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "tokens", "flops", "seconds"})
  void theMouseZoomsOverEachAxis(String axis) throws Exception {
    try (WatchServer server = serve("b")) {
      browser.open(server.address());
      browser.await(LOSS + ".points > 99");
      browser.value(
          "(() => { const axis = document.getElementById('axis'); axis.value = '%s';"
                  .formatted(axis)
              + " axis.dispatchEvent(new Event('change')); })()");
      browser.await("document.getElementById('reset').disabled");
      double most =
          switch (axis) {
            case "step" -> 100;
            case "tokens" -> 100_000;
            case "flops" -> 200_000;
            default -> 200;
          };
      browser.await(LOSS + ".range === '0 %.0f'".formatted(most));

      browser.drag("mouse", "#loss .u-over", 0.25, 0.75);
      browser.await("!document.getElementById('reset').disabled");
      browser.await(LOSS + ".range !== '0 %.0f'".formatted(most));
      String[] range = browser.value(LOSS + ".range").asText().split(" ", -1);
      assertThat(Double.parseDouble(range[0])).isBetween(0.2 * most, 0.3 * most);
      assertThat(Double.parseDouble(range[1])).isBetween(0.7 * most, 0.8 * most);

      browser.value("document.getElementById('reset').click()");
      browser.await(LOSS + ".range === '0 %.0f'".formatted(most));
    }
  }

  @Test
  void aReportIsAPageWithoutAServer() throws Exception {
    Path report = directory.resolve("report.html");
    Files.writeString(report, WatchServer.page(List.of(directory.toString()), RunFixture.reader()));
    browser.open(report.toUri());
    browser.await(LOSS + ".curves >= 3");
    assertThat(distinctColours("loss")).isEqualTo(2);
    JsonNode loaded =
        browser.value("performance.getEntriesByType('resource').map((each) => each.name)");
    assertThat(loaded).noneMatch(each -> each.asText().startsWith("http"));
  }

  @Test
  void aPhoneShowsThePageInItsWidthAndZoomsByAFinger() throws Exception {
    try (WatchServer server = serve("")) {
      browser.width(390);
      browser.open(server.address());
      browser.await(LOSS + ".curves >= 3");
      assertThat(browser.value("document.documentElement.clientWidth").asInt()).isEqualTo(390);
      assertThat(browser.value("document.documentElement.scrollWidth").asInt()).isEqualTo(390);

      browser.drag("touch", "#loss .u-over", 0.25, 0.75);
      browser.await("!document.getElementById('reset').disabled");
    } finally {
      browser.width(1280);
    }
  }
}
