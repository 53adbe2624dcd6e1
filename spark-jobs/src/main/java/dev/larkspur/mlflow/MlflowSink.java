package dev.larkspur.mlflow;

import dev.larkspur.metrics.HistogramMetrics;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.mlflow.TrackedRun.Point;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * Sends metrics to an MLflow tracking server. All attempts of a run log to one run there; one that
 * begins at step 0 starts it anew. While the server does not answer, lines are kept, and from some
 * number on they are read from the JSON lines once it answers again.
 */
public final class MlflowSink implements MetricsSink {
  /** Lines that are kept in memory. */
  private static final int MOST_KEPT = 10_000;

  private final TrackedRun tracked;
  private final TrackingServer server;
  private final RunDirectory run;
  private final int attempt;
  private final long step;
  private final int capacity;
  private final List<Kept> kept = new ArrayList<>();

  /** The last step whose line was not kept since the server answered last; -1 if there is none. */
  private long overflowed = -1;

  /** The last step of lines that are to be read before those that are kept; -1 for none. */
  private long awaited = -1;

  private boolean begun;
  private boolean opened;

  private record Kept(long step, Instant time, Record line) {}

  /**
   * Resumes after a step.
   *
   * @param attempt number of the attempt that logs; it stops sending once a later one has started
   * @param step updates done
   */
  public MlflowSink(Tracking tracking, RunDirectory run, int attempt, long step) {
    this(tracking, run, attempt, step, MOST_KEPT);
  }

  MlflowSink(Tracking tracking, RunDirectory run, int attempt, long step, int capacity) {
    this.server = tracking.server();
    this.tracked = tracking.of(server, run);
    this.run = run;
    this.attempt = attempt;
    this.step = step;
    this.capacity = capacity;
  }

  @Override
  public String name() {
    return "MLflow";
  }

  @Override
  public void log(long done, Record line) {
    if (line instanceof HistogramMetrics) {
      return;
    }
    if (kept.size() < capacity && overflowed < 0) {
      kept.add(new Kept(done, Instant.now(), line));
    } else {
      overflowed = done;
    }
  }

  /** Sends the lines since the last flush. */
  @Override
  public void flush() {
    new AttemptLog(run).requireNewest(attempt);
    try {
      if (!opened) {
        open();
      }
      if (hasRead()) {
        sendKept();
      }
    } catch (RuntimeException failure) {
      // What of the request has arrived is not known, so the server is asked again.
      opened = false;
      throw failure;
    }
  }

  private void open() {
    if (step == 0 && !begun) {
      tracked.forget();
    }
    tracked.open();
    begun = true;
    tracked.status(RunStatus.RUNNING);
    tracked.tags(Map.of("larkspur.attempt", Integer.toString(attempt)));
    tracked.catchUp(step);
    opened = true;
  }

  /** Whether the lines that were not kept are in the run directory, as they are within seconds. */
  private boolean hasRead() {
    if (awaited >= 0 && tracked.catchUp(awaited) < awaited) {
      return false;
    }
    awaited = -1;
    return true;
  }

  @Override
  public boolean postpones() {
    return awaited >= 0 || !kept.isEmpty();
  }

  private void sendKept() {
    List<Point> points = new ArrayList<>();
    kept.forEach(line -> points.addAll(tracked.lacking(line.step(), line.time(), line.line())));
    tracked.send(points);
    kept.clear();
    awaited = overflowed;
    overflowed = -1;
    hasRead();
  }

  @Override
  public void close() {
    try {
      flush();
    } finally {
      server.close();
    }
  }
}
