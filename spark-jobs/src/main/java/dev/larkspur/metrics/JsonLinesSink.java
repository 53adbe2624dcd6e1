package dev.larkspur.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;

/**
 * The run's own metrics, one JSON object a line, in pieces {@code metrics/FIRST-LAST.jsonl} named
 * by their first and last step. Each flush writes a piece, once, under its final name. A checkpoint
 * is committed after the lines up to it are flushed, so a resumed run drops the lines beyond its
 * checkpoint and has each step once.
 */
public final class JsonLinesSink implements MetricsSink {
  private static final ObjectMapper JSON = Json.mapper();

  private final AttemptLog attempts;
  private final int attempt;
  private final MetricsPieces pieces;
  private final StringBuilder lines = new StringBuilder();
  private long first;
  private long last;

  /**
   * Resumes after a step, and deletes what an interrupted attempt has written beyond it.
   *
   * @param attempt that logs; it stops writing once a later one has begun
   * @param step updates done
   */
  public JsonLinesSink(RunDirectory run, int attempt, long step) {
    this.attempts = new AttemptLog(run);
    this.attempt = attempt;
    this.pieces = MetricsPieces.upTo(run, step);
  }

  /** The last step that a run has metrics of; 0 if there are none. */
  public static long lastStep(RunDirectory run) {
    return MetricsPieces.lastStep(run);
  }

  /** Whether a run has the line of the validation after {@code step} updates. */
  public static boolean hasValidation(RunDirectory run, long step) {
    return MetricsPieces.hasValidation(run, step);
  }

  @Override
  public String name() {
    return "the run directory";
  }

  @Override
  public void log(long step, Record line) {
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

  /** Writes the lines since the last piece as another one. */
  @Override
  public void flush() {
    if (!lines.isEmpty()) {
      attempts.requireNewest(attempt);
      pieces.write(first, last, lines.toString());
      lines.setLength(0);
      pieces.mergeLast();
    }
  }

  @Override
  public void close() {
    flush();
  }
}
