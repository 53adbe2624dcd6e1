package dev.larkspur.tensorboard;

import dev.larkspur.metrics.HistogramMetrics;
import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.metrics.JsonLinesSink.LoggedLine;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Scalars;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes metrics for TensorBoard to the run directory. A resumed run deletes what was written after
 * its checkpoint, and adds numbers up to it that were not yet written from the JSON lines, so it
 * has each number once for each step. Histograms that were not yet written are lost.
 */
public final class TensorBoardSink implements MetricsSink {
  private static final String SETTINGS = "settings/text_summary";

  /** A file is written after this time, and later on after a tenth of the time so far. */
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  /** A file is written after this time at the latest. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final int FILES_SO_FAR = 10;

  private final RunDirectory run;
  private final int attempt;
  private final long step;
  private final String settings;
  private final InstantSource clock;
  private final EventFiles files;
  private final List<byte[]> events = new ArrayList<>();
  private final List<Logged> early = new ArrayList<>();
  private Scalars scalars = new Scalars();
  private long first;
  private boolean opened;
  private Instant began;
  private Instant written;

  private record Logged(Instant time, long step, Record line) {}

  /**
   * Resumes after a step.
   *
   * @param attempt number of the attempt that logs; it stops writing once a later one has started
   * @param step updates done
   * @param settings text of the settings, shown as it is
   */
  public TensorBoardSink(RunDirectory run, int attempt, long step, String settings) {
    this(run, attempt, step, settings, InstantSource.system());
  }

  TensorBoardSink(RunDirectory run, int attempt, long step, String settings, InstantSource clock) {
    this.run = run;
    this.attempt = attempt;
    this.step = step;
    this.settings = settings;
    this.clock = clock;
    this.files = new EventFiles(run, attempt);
  }

  @Override
  public String name() {
    return "TensorBoard's files in the run directory";
  }

  @Override
  public void log(long done, Record line) {
    Logged logged = new Logged(clock.instant(), done, line);
    if (opened) {
      add(logged);
    } else {
      // The files are opened in a flush, which is repeated if storage fails.
      early.add(logged);
    }
  }

  private void add(Logged logged) {
    if (logged.line() instanceof HistogramMetrics histograms) {
      add(logged.step(), Events.histograms(logged.time(), logged.step(), histograms.histograms()));
      return;
    }
    Map<String, Double> numbers = scalars.take(logged.step(), logged.line());
    if (!numbers.isEmpty()) {
      add(logged.step(), Events.scalars(logged.time(), logged.step(), numbers));
    }
  }

  private void add(Instant now, LoggedLine line) {
    Map<String, Double> numbers = scalars.take(line.step(), line.numbers());
    if (!numbers.isEmpty()) {
      add(line.step(), Events.scalars(now, line.step(), numbers));
    }
  }

  private void add(long done, byte[] event) {
    if (events.isEmpty()) {
      first = done;
    }
    events.add(event);
  }

  private void open() {
    Instant now = clock.instant();
    new AttemptLog(run).requireNewest(attempt);
    // Nothing remains of an attempt at this that failed.
    events.clear();
    scalars = new Scalars();
    long last = files.keepUpTo(step, SETTINGS::equals, scalars);
    JsonLinesSink.lines(run, Math.max(0, last), step).forEach(line -> add(now, line));
    if (attempt > 1) {
      add(step, Events.restart(now, step + 1));
    }
    add(step, Events.text(now, step, SETTINGS, "```\n" + settings + "\n```"));
    early.forEach(this::add);
    early.clear();
    began = now;
    opened = true;
  }

  /** Writes a new file, unless the last one is too recent. */
  @Override
  public void flush() {
    if (!opened) {
      open();
    }
    if (written == null || !clock.instant().isBefore(written.plus(interval()))) {
      write();
    }
  }

  @Override
  public boolean postpones() {
    return !events.isEmpty();
  }

  private Duration interval() {
    Duration share = Duration.between(began, clock.instant()).dividedBy(FILES_SO_FAR);
    if (share.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return share.compareTo(LONGEST) > 0 ? LONGEST : share;
  }

  private void write() {
    if (!events.isEmpty()) {
      new AttemptLog(run).requireNewest(attempt);
      files.write(first, events);
      events.clear();
      written = clock.instant();
    }
  }

  @Override
  public void close() {
    if (!opened) {
      open();
    }
    write();
  }
}
