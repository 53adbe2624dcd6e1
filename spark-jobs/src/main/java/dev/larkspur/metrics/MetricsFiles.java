package dev.larkspur.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.metrics.JsonLinesSink.LoggedLine;
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
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;

/**
 * The files of the metrics of a run. Small files are compacted: a file with the lines of several is
 * written, then these are deleted. A compaction takes only {@value #MERGED} reads and deletions and
 * one write, because a flush, and therefore the commit of a checkpoint, may wait for it. If it is
 * interrupted, lines exist twice until the next attempt removes the duplicates.
 */
final class MetricsFiles {
  private static final Logger LOG = Logger.getLogger(MetricsFiles.class.getName());
  private static final String ROOT = "metrics";
  private static final Pattern NAME =
      Pattern.compile("(\\d{8,18})-(\\d{8,18})(?:_(\\d+))?\\.jsonl");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A field that only lines of validations have. */
  private static final String VALIDATION = "\"validationLoss\":";

  /** Number of files that a compaction merges. */
  private static final int MERGED = 8;

  /** Size from which a file is no longer compacted, in bytes. */
  private static final long SMALL = 1 << 20;

  private final RunDirectory run;

  /**
   * The files that may be compacted, and their sizes: those after the last large file, in order.
   */
  private final List<SizedFile> small = new ArrayList<>();

  /** The last file that was found or written. */
  private MetricsFile newest = new MetricsFile(0, 0, 1);

  /**
   * A file with the lines of a range of steps.
   *
   * @param first first step, from 1
   * @param last last step, inclusive
   * @param number from 1; distinguishes files of the same steps, such as that of the validation
   *     after a step
   */
  private record MetricsFile(long first, long last, int number) {
    private static final Comparator<MetricsFile> ORDER =
        Comparator.comparingLong(MetricsFile::first)
            .thenComparingLong(MetricsFile::last)
            .thenComparingInt(MetricsFile::number);

    String path() {
      return number == 1
          ? String.format(Locale.ROOT, "%s/%08d-%08d.jsonl", ROOT, first, last)
          : String.format(Locale.ROOT, "%s/%08d-%08d_%d.jsonl", ROOT, first, last, number);
    }

    private boolean overlaps(MetricsFile other) {
      return first <= other.last && other.first <= last && !equals(other);
    }

    private static Optional<MetricsFile> parse(FileStatus status) {
      Matcher name = NAME.matcher(status.getPath().getName());
      return name.matches()
          ? Optional.of(
              new MetricsFile(
                  Long.parseLong(name.group(1)),
                  Long.parseLong(name.group(2)),
                  name.group(3) == null ? 1 : Integer.parseInt(name.group(3))))
          : Optional.empty();
    }
  }

  private record SizedFile(MetricsFile file, long bytes) {}

  private MetricsFiles(RunDirectory run) {
    this.run = run;
  }

  /** The last step of all files; 0 if there are none. */
  static long lastStep(RunDirectory run) {
    return lengths(run).keySet().stream().mapToLong(MetricsFile::last).max().orElse(0);
  }

  /** Whether a run has logged the validation after a step. */
  static boolean hasValidation(RunDirectory run, long step) {
    return lengths(run).keySet().stream()
        .filter(file -> file.first() <= step && step <= file.last())
        .flatMap(file -> run.readText(file.path()).lines())
        .anyMatch(line -> step(line) == step && line.contains(VALIDATION));
  }

  /**
   * The lines of a range of steps, in order; a line that a compaction is copying may be in it
   * twice.
   *
   * @param from first step
   * @param to last step, inclusive
   */
  static Stream<LoggedLine> lines(RunDirectory run, long from, long to) {
    return lengths(run).keySet().stream()
        .filter(file -> from <= file.last() && file.first() <= to)
        .flatMap(file -> run.readText(file.path()).lines())
        .flatMap(line -> parse(line).stream())
        .filter(line -> from <= line.step() && line.step() <= to);
  }

  private static Optional<LoggedLine> parse(String line) {
    try {
      JsonNode numbers = JSON.readTree(line);
      return numbers.path("step").isIntegralNumber()
          ? Optional.of(new LoggedLine(numbers.path("step").asLong(), numbers))
          : Optional.empty();
    } catch (JsonProcessingException damaged) {
      return Optional.empty();
    }
  }

  /**
   * The files of a run, after deleting lines after a step and duplicates of an interrupted
   * compaction.
   */
  static MetricsFiles upTo(RunDirectory run, long step) {
    MetricsFiles files = new MetricsFiles(run);
    SortedMap<MetricsFile, Long> found = lengths(run);
    for (MetricsFile file : List.copyOf(found.keySet())) {
      if (file.first() > step) {
        found.remove(file);
        run.delete(file.path());
      }
    }
    files.deleteDuplicates(found);
    found.forEach((file, bytes) -> files.keep(file, bytes, step, found.keySet()));
    return files;
  }

  private static SortedMap<MetricsFile, Long> lengths(RunDirectory run) {
    SortedMap<MetricsFile, Long> lengths = new TreeMap<>(MetricsFile.ORDER);
    for (FileStatus status : run.list(ROOT)) {
      MetricsFile.parse(status).ifPresent(file -> lengths.put(file, status.getLen()));
    }
    return lengths;
  }

  /**
   * Deletes files whose lines are all in others. Starts with the longest: a merged file may be
   * truncated, and then all files that it merges still exist.
   */
  private void deleteDuplicates(SortedMap<MetricsFile, Long> found) {
    Map<MetricsFile, Set<String>> overlapping = new TreeMap<>(MetricsFile.ORDER);
    for (MetricsFile file : found.keySet()) {
      if (found.keySet().stream().anyMatch(file::overlaps)) {
        overlapping.put(file, completeLines(file));
      }
    }
    List<MetricsFile> longestFirst =
        overlapping.keySet().stream()
            .sorted(Comparator.comparingLong(file -> file.first() - file.last()))
            .toList();
    for (MetricsFile file : longestFirst) {
      Set<String> others = new HashSet<>();
      overlapping.keySet().stream()
          .filter(file::overlaps)
          .forEach(other -> others.addAll(overlapping.get(other)));
      if (others.containsAll(overlapping.get(file))) {
        overlapping.remove(file);
        found.remove(file);
        run.delete(file.path());
      }
    }
  }

  private Set<String> completeLines(MetricsFile file) {
    String text = run.readText(file.path());
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().collect(Collectors.toSet());
  }

  /** Keeps the lines up to a step, which may be in the middle of a file. */
  private void keep(MetricsFile file, long bytes, long step, Set<MetricsFile> taken) {
    if (file.last() <= step) {
      add(file, bytes);
      return;
    }
    String text =
        run.readText(file.path())
            .lines()
            .filter(line -> step(line) <= step)
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    MetricsFile shorter = new MetricsFile(file.first(), step, file.number());
    while (taken.contains(shorter)) {
      shorter = new MetricsFile(shorter.first(), shorter.last(), shorter.number() + 1);
    }
    if (!text.isEmpty()) {
      run.writeSynced(shorter.path(), text);
      add(shorter, text.length());
    }
    run.delete(file.path());
  }

  private static long step(String line) {
    try {
      return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE);
    } catch (JsonProcessingException damaged) {
      return Long.MAX_VALUE;
    }
  }

  private void add(MetricsFile file, long bytes) {
    newest = file;
    if (bytes < SMALL) {
      small.add(new SizedFile(file, bytes));
    } else {
      // Files are only merged with their neighbours.
      small.clear();
    }
  }

  /** Writes the next file. */
  void write(long first, long last, String text) {
    boolean again = newest.first() == first && newest.last() == last;
    MetricsFile file = new MetricsFile(first, last, again ? newest.number() + 1 : 1);
    run.writeSynced(file.path(), text);
    add(file, text.length());
  }

  /**
   * Merges the last files, unless the first of them is larger than the others together; so each
   * line is copied about once each time that the metrics double in size. If storage fails, the next
   * flush retries.
   */
  void compact() {
    List<SizedFile> last = small.subList(Math.max(0, small.size() - MERGED), small.size());
    long bytes = last.stream().mapToLong(SizedFile::bytes).sum();
    if (last.size() == MERGED && 2 * last.get(0).bytes() <= bytes) {
      try {
        merge(last);
      } catch (StoreException failure) {
        LOG.log(Level.FINE, "cannot compact metrics yet", failure);
      }
    }
  }

  /** Replaces files, a view of the end of {@link #small}, with one. */
  private void merge(List<SizedFile> last) {
    List<MetricsFile> parts = last.stream().map(SizedFile::file).toList();
    MetricsFile first = parts.get(0);
    MetricsFile merged =
        new MetricsFile(first.first(), parts.get(parts.size() - 1).last(), first.number());
    if (parts.contains(merged)) {
      // The merged file would have the name of one of them; the next step changes that.
      return;
    }
    StringBuilder text = new StringBuilder();
    for (MetricsFile part : parts) {
      text.append(run.readText(part.path()));
    }
    run.writeSynced(merged.path(), text.toString());
    last.clear();
    add(merged, text.length());
    parts.forEach(part -> run.delete(part.path()));
  }
}
