package dev.larkspur.watch;

import dev.larkspur.report.chart.Svg;
import dev.larkspur.watch.WatchedRuns.DataRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The page: one HTML file that loads nothing else. */
final class RunPage {
  private RunPage() {}

  /** A page that asks the server it came from for data. */
  static String live(String title) {
    return page(title, "null");
  }

  /** A page with the data of runs. */
  static String selfContained(String title, WatchedRuns runs) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try {
      runs.write(DataRequest.EVERYTHING, WatchedRuns.MOST_POINTS_OF_A_FILE, data);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes everything", e);
    }
    // In a script element, only < could end it.
    return page(title, data.toString(StandardCharsets.UTF_8).replace("<", "\\u003c"));
  }

  private static String page(String title, String data) {
    return resource("page.html")
        .replace("{{title}}", Svg.escaped(title))
        .replace("{{library-style}}", resource("uPlot.min.css"))
        .replace("{{style}}", resource("page.css"))
        .replace("{{library}}", resource("uPlot.iife.min.js"))
        .replace("{{curves}}", resource("curves.js"))
        .replace("{{page}}", resource("page.js"))
        .replace("{{data}}", data);
  }

  private static String resource(String name) {
    try (InputStream in = RunPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("a file of this jar cannot be read: " + name, e);
    }
  }
}
