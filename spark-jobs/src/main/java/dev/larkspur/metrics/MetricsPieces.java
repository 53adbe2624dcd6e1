package dev.larkspur.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/**
 * The pieces that metrics are written in. As a run grows, small pieces are merged: the piece with
 * the lines of all is written first, then the others are deleted. A merge is short, {@value
 * #MERGED} reads and deletions and a write, because a flush and with it the commit of a checkpoint
 * may wait for it. If a merge is interrupted, lines exist twice until the next attempt begins,
 * which keeps one of each.
 */
final class MetricsPieces {
  private static final Logger LOG = Logger.getLogger(MetricsPieces.class.getName());
  private static final String ROOT = "metrics";
  private static final Pattern NAME =
      Pattern.compile("(\\d{8,18})-(\\d{8,18})(?:_(\\d+))?\\.jsonl");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What only lines of validations have. */
  private static final String VALIDATION = "\"validationLoss\":";

  /** How many pieces one merge joins. */
  private static final int MERGED = 8;

  /** In bytes; a larger piece stays as it is. */
  private static final long SMALL = 1 << 20;

  private final RunDirectory run;

  /** The pieces that may be merged, and their bytes: those after the last large one, in order. */
  private final List<SizedPiece> small = new ArrayList<>();

  /** The last one written, or found. */
  private Piece newest = new Piece(0, 0, 1);

  /**
   * A range of steps, both inclusive.
   *
   * @param first from 1
   * @param last at least {@code first}
   * @param number from 1; higher where lines of the same steps were written at different times,
   *     such as the validation after a step
   */
  private record Piece(long first, long last, int number) {
    private static final Comparator<Piece> ORDER =
        Comparator.comparingLong(Piece::first)
            .thenComparingLong(Piece::last)
            .thenComparingInt(Piece::number);

    String file() {
      return number == 1
          ? String.format(Locale.ROOT, "%s/%08d-%08d.jsonl", ROOT, first, last)
          : String.format(Locale.ROOT, "%s/%08d-%08d_%d.jsonl", ROOT, first, last, number);
    }

    private boolean overlaps(Piece other) {
      return first <= other.last && other.first <= last && !equals(other);
    }

    private static Optional<Piece> parse(FileStatus status) {
      Matcher name = NAME.matcher(status.getPath().getName());
      return name.matches()
          ? Optional.of(
              new Piece(
                  Long.parseLong(name.group(1)),
                  Long.parseLong(name.group(2)),
                  name.group(3) == null ? 1 : Integer.parseInt(name.group(3))))
          : Optional.empty();
    }
  }

  private record SizedPiece(Piece piece, long bytes) {}

  private MetricsPieces(RunDirectory run) {
    this.run = run;
  }

  /** The last step of any piece; 0 if there is none. */
  static long lastStep(RunDirectory run) {
    return lengths(run).keySet().stream().mapToLong(Piece::last).max().orElse(0);
  }

  /** Whether a run has the line of the validation after a step. */
  static boolean hasValidation(RunDirectory run, long step) {
    return lengths(run).keySet().stream()
        .filter(piece -> piece.first() <= step && step <= piece.last())
        .flatMap(piece -> run.readText(piece.file()).lines())
        .anyMatch(line -> step(line) == step && line.contains(VALIDATION));
  }

  /**
   * The pieces of a run; lines beyond a step, and what an interrupted merge has left, are dropped.
   */
  static MetricsPieces upTo(RunDirectory run, long step) {
    MetricsPieces pieces = new MetricsPieces(run);
    SortedMap<Piece, Long> found = lengths(run);
    for (Piece piece : List.copyOf(found.keySet())) {
      if (piece.first() > step) {
        found.remove(piece);
        run.delete(piece.file());
      }
    }
    pieces.dropDoubles(found);
    found.forEach((piece, bytes) -> pieces.keep(piece, bytes, step, found.keySet()));
    return pieces;
  }

  private static SortedMap<Piece, Long> lengths(RunDirectory run) {
    SortedMap<Piece, Long> lengths = new TreeMap<>(Piece.ORDER);
    for (FileStatus status : run.list(ROOT)) {
      Piece.parse(status).ifPresent(piece -> lengths.put(piece, status.getLen()));
    }
    return lengths;
  }

  /**
   * Deletes pieces whose lines are all in others. The longest first: a merged piece may be cut
   * while all pieces that it merges still exist.
   */
  private void dropDoubles(SortedMap<Piece, Long> found) {
    Map<Piece, Set<String>> overlapping = new TreeMap<>(Piece.ORDER);
    for (Piece piece : found.keySet()) {
      if (found.keySet().stream().anyMatch(piece::overlaps)) {
        overlapping.put(piece, wholeLines(piece));
      }
    }
    List<Piece> longestFirst =
        overlapping.keySet().stream()
            .sorted(Comparator.comparingLong(piece -> piece.first() - piece.last()))
            .toList();
    for (Piece piece : longestFirst) {
      Set<String> others = new HashSet<>();
      overlapping.keySet().stream()
          .filter(piece::overlaps)
          .forEach(other -> others.addAll(overlapping.get(other)));
      if (others.containsAll(overlapping.get(piece))) {
        overlapping.remove(piece);
        found.remove(piece);
        run.delete(piece.file());
      }
    }
  }

  private Set<String> wholeLines(Piece piece) {
    String text = run.readText(piece.file());
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().collect(Collectors.toSet());
  }

  /** A run may be resumed from a checkpoint in the middle of a piece. */
  private void keep(Piece piece, long bytes, long step, Set<Piece> taken) {
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
    Piece shorter = new Piece(piece.first(), step, piece.number());
    while (taken.contains(shorter)) {
      shorter = new Piece(shorter.first(), shorter.last(), shorter.number() + 1);
    }
    if (!text.isEmpty()) {
      run.writeSynced(shorter.file(), text);
      add(shorter, text.length());
    }
    run.delete(piece.file());
  }

  private static long step(String line) {
    try {
      return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE);
    } catch (JsonProcessingException damaged) {
      return Long.MAX_VALUE;
    }
  }

  private void add(Piece piece, long bytes) {
    newest = piece;
    if (bytes < SMALL) {
      small.add(new SizedPiece(piece, bytes));
    } else {
      // A merged piece never reaches across another.
      small.clear();
    }
  }

  /** Writes a piece after all others. */
  void write(long first, long last, String text) {
    boolean again = newest.first() == first && newest.last() == last;
    Piece piece = new Piece(first, last, again ? newest.number() + 1 : 1);
    run.writeSynced(piece.file(), text);
    add(piece, text.length());
  }

  /**
   * Merges the last pieces, unless the first of them is larger than the others together: each line
   * is copied about once each time that the metrics double. Where storage fails, the merge waits
   * for the next flush.
   */
  void mergeLast() {
    List<SizedPiece> last = small.subList(Math.max(0, small.size() - MERGED), small.size());
    long bytes = last.stream().mapToLong(SizedPiece::bytes).sum();
    if (last.size() == MERGED && 2 * last.get(0).bytes() <= bytes) {
      try {
        merge(last);
      } catch (StoreException failure) {
        LOG.log(Level.FINE, "metrics are merged later", failure);
      }
    }
  }

  /** Replaces pieces, a view of the end of {@link #small}, by one. */
  private void merge(List<SizedPiece> last) {
    List<Piece> parts = last.stream().map(SizedPiece::piece).toList();
    Piece first = parts.get(0);
    Piece merged = new Piece(first.first(), parts.get(parts.size() - 1).last(), first.number());
    if (parts.contains(merged)) {
      // The name of all is that of one; the next line has another step.
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Piece part : parts) {
      text.append(run.readText(part.file()));
    }
    run.writeSynced(merged.file(), text.toString());
    last.clear();
    add(merged, text.length());
    parts.forEach(part -> run.delete(part.file()));
  }
}
