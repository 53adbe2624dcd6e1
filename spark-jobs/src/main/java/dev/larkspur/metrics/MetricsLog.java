package dev.larkspur.metrics;

import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The run's metrics, one JSON object a line, in pieces {@code metrics/FIRST-LAST.jsonl} of whole
 * step ranges. A piece is there before the checkpoint that it ends with counts, so a resumed run
 * continues exactly behind the pieces that are there.
 */
public final class MetricsLog {
  private static final ObjectMapper JSON = Json.mapper();

  private final MetricsPieces pieces;
  private final StringBuilder lines = new StringBuilder();
  private long first;

  /**
   * Begins behind a step, and drops what an interrupted run has written beyond it.
   *
   * @param step updates done
   */
  public MetricsLog(RunDirectory run, long step) {
    this.pieces = MetricsPieces.upTo(run, step);
    this.first = step + 1;
  }

  /** The last step that there are metrics of; 0 if there are none. */
  public static long lastStep(RunDirectory run) {
    return MetricsPieces.lastStep(run);
  }

  /** Adds a line; it reaches the run directory with the next piece. */
  public void add(Record metrics) {
    try {
      lines.append(JSON.writeValueAsString(metrics)).append('\n');
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of numbers is JSON", e);
    }
  }

  /**
   * Ends the piece with a step.
   *
   * @param last updates done
   * @return writes it, from any thread, one piece at a time; nothing if there was no line since the
   *     last piece
   */
  public Runnable cut(long last) {
    MetricsPieces.Piece piece = new MetricsPieces.Piece(first, last);
    String text = lines.toString();
    lines.setLength(0);
    first = last + 1;
    return () -> {
      if (!text.isEmpty()) {
        pieces.write(piece, text);
      }
    };
  }
}
