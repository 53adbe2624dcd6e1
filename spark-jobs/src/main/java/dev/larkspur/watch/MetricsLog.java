package dev.larkspur.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * The metrics of a run as they grow. Each file of the run directory is read once; files that were
 * merged into another are read again in it.
 */
final class MetricsLog {
  private static final String ROOT = "metrics";
  private static final Pattern NAME =
      Pattern.compile("(\\d{8,18})-(\\d{8,18})(?:_(\\d{1,9}))?\\.jsonl");
  private static final JsonFactory JSON = new JsonFactory();

  /** Deeper objects are no metrics. */
  private static final int DEEPEST = 3;

  private final RunDirectory run;
  private Map<MetricsFile, Map<String, Track>> files = new HashMap<>();
  private Map<String, Track> tracks = Map.of();
  private int generation;

  MetricsLog(RunDirectory run) {
    this.run = run;
  }

  /**
   * A file, which is complete or grows while it is written.
   *
   * @param first first step
   * @param last last step
   * @param number distinguishes files of the same steps
   * @param bytes length when it was listed
   */
  private record MetricsFile(long first, long last, long number, String name, long bytes) {
    private static final Comparator<MetricsFile> ORDER =
        Comparator.comparingLong(MetricsFile::first)
            .thenComparingLong(MetricsFile::last)
            .thenComparingLong(MetricsFile::number);

    static Optional<MetricsFile> of(FileStatus status) {
      Matcher name = NAME.matcher(status.getPath().getName());
      return name.matches()
          ? Optional.of(
              new MetricsFile(
                  Long.parseLong(name.group(1)),
                  Long.parseLong(name.group(2)),
                  name.group(3) == null ? 1 : Long.parseLong(name.group(3)),
                  name.group(),
                  status.getLen()))
          : Optional.empty();
    }
  }

  /** Reads what is new. */
  void refresh() {
    List<MetricsFile> found =
        run.list(ROOT).stream()
            .flatMap(status -> MetricsFile.of(status).stream())
            .sorted(MetricsFile.ORDER)
            .toList();
    if (files.size() == found.size() && files.keySet().containsAll(found)) {
      return;
    }
    Map<MetricsFile, Map<String, Track>> read = new HashMap<>();
    for (MetricsFile file : found) {
      Map<String, Track> known = files.get(file);
      if (known == null) {
        Optional<String> text = text(file);
        if (text.isEmpty()) {
          // It was merged into another meanwhile: the next call finds that one.
          return;
        }
        known = parsed(text.get());
      }
      read.put(file, known);
    }
    Map<String, Track> all = new TreeMap<>();
    for (MetricsFile file : found) {
      read.get(file)
          .forEach((kind, track) -> all.computeIfAbsent(kind, any -> new Track()).append(track));
    }
    boolean grown =
        tracks.entrySet().stream()
            .allMatch(
                before ->
                    all.containsKey(before.getKey())
                        && all.get(before.getKey()).beginsWith(before.getValue()));
    if (!grown) {
      generation++;
    }
    files = read;
    tracks = all;
  }

  /** The tracks by name, such as {@link Track#TRAINING}. */
  Map<String, Track> tracks() {
    return tracks;
  }

  /** The lines of a track; none if the run has none. */
  Track track(String name) {
    return tracks.getOrDefault(name, new Track());
  }

  /** A number that changes if lines have changed, as after a resume, and not only been added. */
  int generation() {
    return generation;
  }

  private Optional<String> text(MetricsFile file) {
    try {
      return Optional.of(run.readText(ROOT + "/" + file.name()));
    } catch (StoreException e) {
      if (e.getCause() instanceof FileNotFoundException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Complete lines only: the file may be read while it is written. */
  private static Map<String, Track> parsed(String text) {
    Map<String, Track> tracks = new HashMap<>();
    text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .forEach(
            line -> {
              Map<String, Double> numbers = numbers(line);
              if (numbers.containsKey(Track.STEP)) {
                tracks.computeIfAbsent(kind(numbers), any -> new Track()).add(numbers);
              }
            });
    return tracks;
  }

  /** Lines that are neither of steps nor of validations are named by their first number. */
  private static String kind(Map<String, Double> line) {
    if (line.containsKey("loss")) {
      return Track.TRAINING;
    }
    if (line.containsKey("validationLoss")) {
      return Track.VALIDATION;
    }
    return line.keySet().stream()
        .filter(name -> !name.equals(Track.STEP) && !name.equals(Track.TOKENS))
        .findFirst()
        .orElse("other");
  }

  /** The numbers of a line; null in JSON is NaN. Empty if it is damaged. */
  private static Map<String, Double> numbers(String line) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        read(json, "", numbers, DEEPEST);
      }
      return numbers;
    } catch (IOException damaged) {
      return Map.of();
    }
  }

  private static void read(JsonParser json, String prefix, Map<String, Double> numbers, int levels)
      throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + json.currentName();
      switch (json.nextToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.put(name, json.getDoubleValue());
        case VALUE_NULL -> numbers.put(name, Double.NaN);
        case START_OBJECT -> {
          if (levels > 0) {
            read(json, name + ".", numbers, levels - 1);
          } else {
            json.skipChildren();
          }
        }
        case START_ARRAY -> json.skipChildren();
        default -> {
          // Text is no metric.
        }
      }
    }
  }
}
