package dev.larkspur.watch;

import dev.larkspur.report.chart.LineChart.Series.Point;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.status.RunStatusReader;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * {@code report.html} in the directory of a run that has ended: the page of {@link WatchServer}
 * with the data of this run, which needs no server.
 */
public final class RunReport {
  /** Name of the file. */
  public static final String FILE = "report.html";

  private RunReport() {}

  /**
   * Writes the file, replacing an earlier one. A training must not fail for want of a page, so a
   * failure is a note.
   *
   * @param directory of the run
   * @param notes receives a sentence if it cannot be written
   * @return its path; empty if it cannot be written
   */
  public static Optional<String> write(
      String directory, Configuration hadoop, Consumer<String> notes) {
    try {
      RunDirectory run = new RunDirectory(directory, hadoop);
      RunStatusReader reader =
          new RunStatusReader(hadoop, InstantSource.system(), RunStatusReader.STALLED_AFTER);
      run.write(FILE, WatchServer.page(List.of(directory), reader));
      return Optional.of(run.path(FILE).toString());
    } catch (RuntimeException e) {
      notes.accept("no %s was written: %s".formatted(FILE, e.getMessage()));
      return Optional.empty();
    }
  }

  /** The training losses of a run by step, in nats a token. */
  public static List<Point> losses(String directory, Configuration hadoop) {
    MetricsLog log = new MetricsLog(new RunDirectory(directory, hadoop));
    log.refresh();
    Track training = log.track(Track.TRAINING);
    return IntStream.range(0, training.size())
        .mapToObj(i -> new Point(training.step(i), training.value("loss", i)))
        .toList();
  }
}
