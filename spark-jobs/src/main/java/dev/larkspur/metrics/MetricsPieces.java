package dev.larkspur.metrics;

import dev.larkspur.run.RunDirectory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/**
 * The pieces that metrics are written in. As a run grows, small pieces are merged: the piece with
 * the lines of all is written first, then those are deleted. If that is interrupted, the merged one
 * counts as soon as one of the others is gone, and may be cut as long as all are there.
 */
final class MetricsPieces {
  private static final String ROOT = "metrics";
  private static final Pattern NAME = Pattern.compile("(\\d{8,18})-(\\d{8,18})\\.jsonl");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So many small pieces are merged. */
  private static final int MERGED = 64;

  /** In bytes; a larger piece stays as it is. */
  private static final long SMALL = 1 << 20;

  private final RunDirectory run;

  /** The pieces that may be merged, behind the last large one, in their order. */
  private final List<Piece> small = new ArrayList<>();

  /**
   * A range of steps, both inclusive.
   *
   * @param first from 1
   * @param last at least {@code first}
   */
  record Piece(long first, long last) {
    private static final Comparator<Piece> ORDER =
        Comparator.comparingLong(Piece::first).thenComparingLong(Piece::last);

    String file() {
      return String.format(Locale.ROOT, "%s/%08d-%08d.jsonl", ROOT, first, last);
    }

    private boolean covers(Piece other) {
      return first <= other.first && other.last <= last && !equals(other);
    }

    private static Optional<Piece> parse(FileStatus status) {
      Matcher name = NAME.matcher(status.getPath().getName());
      return name.matches()
          ? Optional.of(new Piece(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
          : Optional.empty();
    }
  }

  private MetricsPieces(RunDirectory run) {
    this.run = run;
  }

  /** The last step of any piece; 0 if there is none. */
  static long lastStep(RunDirectory run) {
    return lengths(run).keySet().stream().mapToLong(Piece::last).max().orElse(0);
  }

  /**
   * The pieces of a run; lines beyond a step, and what an interrupted merge has left, are dropped.
   */
  static MetricsPieces upTo(RunDirectory run, long step) {
    MetricsPieces pieces = new MetricsPieces(run);
    SortedMap<Piece, Long> all = lengths(run);
    SortedMap<Piece, Long> found = new TreeMap<>(all);
    for (Map.Entry<Piece, Long> piece : all.entrySet()) {
      if (piece.getKey().first() > step || isSuperfluous(piece, all)) {
        found.remove(piece.getKey());
        run.delete(piece.getKey().file());
      }
    }
    for (Piece piece : List.copyOf(found.keySet())) {
      if (found.keySet().stream().anyMatch(other -> other.covers(piece))) {
        found.remove(piece);
        run.delete(piece.file());
      }
    }
    found.forEach((piece, bytes) -> pieces.keep(piece, bytes, step));
    return pieces;
  }

  /** Whether all that a merged piece was made of is there; the merged one may be cut. */
  private static boolean isSuperfluous(Map.Entry<Piece, Long> merged, SortedMap<Piece, Long> all) {
    long parts = 0;
    for (Map.Entry<Piece, Long> part : all.entrySet()) {
      parts += merged.getKey().covers(part.getKey()) ? part.getValue() : 0;
    }
    return parts > 0 && parts >= merged.getValue();
  }

  private static SortedMap<Piece, Long> lengths(RunDirectory run) {
    SortedMap<Piece, Long> lengths = new TreeMap<>(Piece.ORDER);
    for (FileStatus status : run.list(ROOT)) {
      Piece.parse(status).ifPresent(piece -> lengths.put(piece, status.getLen()));
    }
    return lengths;
  }

  /** A run may be resumed from a checkpoint in the middle of a merged piece. */
  private void keep(Piece piece, long bytes, long step) {
    if (piece.last() <= step) {
      add(piece, bytes);
      return;
    }
    String text =
        run.readText(piece.file())
            .lines()
            .filter(line -> step(line) <= step)
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    Piece shorter = new Piece(piece.first(), step);
    run.writeSynced(shorter.file(), text);
    run.delete(piece.file());
    add(shorter, text.length());
  }

  private static long step(String line) {
    try {
      return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE);
    } catch (JsonProcessingException damaged) {
      return Long.MAX_VALUE;
    }
  }

  private void add(Piece piece, long bytes) {
    if (bytes < SMALL) {
      small.add(piece);
    } else {
      // A merged piece never reaches across another.
      small.clear();
    }
  }

  /** Adds a piece behind all others; merges small ones if there are many. */
  void write(Piece piece, String text) {
    run.write(piece.file(), text);
    add(piece, text.length());
    if (small.size() >= MERGED) {
      merge(List.copyOf(small));
    }
  }

  private void merge(List<Piece> parts) {
    StringBuilder text = new StringBuilder();
    List<String> files = new ArrayList<>();
    for (Piece part : parts) {
      files.add(part.file());
      text.append(run.readText(part.file()));
    }
    Piece merged = new Piece(parts.get(0).first(), parts.get(parts.size() - 1).last());
    run.writeSynced(merged.file(), text.toString());
    files.forEach(run::delete);
    small.clear();
    add(merged, text.length());
  }
}
