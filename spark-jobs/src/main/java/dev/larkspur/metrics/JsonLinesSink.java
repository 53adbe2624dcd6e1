package dev.larkspur.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;
import java.util.stream.Stream;

/**
 * Writes metrics to the run directory, one JSON object per line, in files {@code
 * metrics/FIRST-LAST.jsonl} named by their first and last step. Each flush writes one file under
 * its final name. A checkpoint is committed after the lines up to it are flushed. A resumed run
 * deletes the lines after its checkpoint, so it has each step once.
 */
public final class JsonLinesSink implements MetricsSink {
  private static final ObjectMapper JSON = Json.mapper();

  private final AttemptLog attempts;
  private final int attempt;
  private final MetricsFiles files;
  private final StringBuilder lines = new StringBuilder();
  private long first;
  private long last;

  /**
   * Resumes after a step, and deletes the lines that an interrupted attempt has written after it.
   *
   * @param attempt number of the attempt that logs; it stops writing once a later one has started
   * @param step updates done
   */
  public JsonLinesSink(RunDirectory run, int attempt, long step) {
    this.attempts = new AttemptLog(run);
    this.attempt = attempt;
    this.files = MetricsFiles.upTo(run, step);
  }

  /** The last step in the metrics of a run; 0 if there are none. */
  public static long lastStep(RunDirectory run) {
    return MetricsFiles.lastStep(run);
  }

  /** Whether a run has logged the validation after {@code step} updates. */
  public static boolean hasValidation(RunDirectory run, long step) {
    return MetricsFiles.hasValidation(run, step);
  }

  /**
   * A line of a run.
   *
   * @param numbers the JSON object
   */
  public record LoggedLine(long step, JsonNode numbers) {}

  /**
   * The lines of a run, in order, read file by file; while the run is active, some may be in it
   * twice.
   *
   * @param from first step
   * @param to last step, inclusive
   */
  public static Stream<LoggedLine> lines(RunDirectory run, long from, long to) {
    return MetricsFiles.lines(run, from, to);
  }

  @Override
  public String name() {
    return "the run directory";
  }

  @Override
  public void log(long step, Record line) {
    if (line instanceof HistogramMetrics) {
      return;
    }
    if (lines.isEmpty()) {
      first = step;
    }
    last = step;
    try {
      lines.append(JSON.writeValueAsString(line)).append('\n');
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of numbers is JSON", e);
    }
  }

  /** Writes the lines since the last flush to a new file. */
  @Override
  public void flush() {
    if (!lines.isEmpty()) {
      attempts.requireNewest(attempt);
      files.write(first, last, lines.toString());
      lines.setLength(0);
      files.compact();
    }
  }

  @Override
  public void close() {
    flush();
  }
}
