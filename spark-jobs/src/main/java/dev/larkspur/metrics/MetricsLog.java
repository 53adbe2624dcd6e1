package dev.larkspur.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.store.Json;
import dev.larkspur.store.RunDirectory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * The run's metrics, one JSON object a line, in pieces {@code metrics/FIRST-LAST.jsonl} of whole
 * step ranges. A piece is there before the checkpoint that it ends with counts, so a resumed run
 * continues exactly behind the pieces that are there.
 */
public final class MetricsLog {
  private static final String ROOT = "metrics";
  private static final Pattern PIECE = Pattern.compile("(\\d+)-\\d+\\.jsonl");
  private static final ObjectMapper JSON = Json.mapper();

  private final RunDirectory run;
  private final StringBuilder lines = new StringBuilder();
  private long first;

  /**
   * Begins behind a step, and drops what an interrupted run has written beyond it.
   *
   * @param step updates done
   */
  public MetricsLog(RunDirectory run, long step) {
    this.run = run;
    this.first = step + 1;
    for (FileStatus status : run.list(ROOT)) {
      Matcher piece = PIECE.matcher(status.getPath().getName());
      if (piece.matches() && Long.parseLong(piece.group(1)) >= first) {
        run.delete(ROOT + "/" + status.getPath().getName());
      }
    }
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
   * @return writes it, from any thread; nothing if there was no line since the last piece
   */
  public Runnable cut(long last) {
    String name = String.format(Locale.ROOT, "%s/%08d-%08d.jsonl", ROOT, first, last);
    String piece = lines.toString();
    lines.setLength(0);
    first = last + 1;
    return () -> {
      if (!piece.isEmpty()) {
        run.write(name, piece);
      }
    };
  }
}
