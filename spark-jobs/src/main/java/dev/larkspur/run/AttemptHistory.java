package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.storage.ChecksummedJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The attempts at training a run, for whoever watches it: where their workers ran, and how they
 * ended. These files record; nothing in a training depends on them.
 */
public final class AttemptHistory {
  private static final String ROOT = "attempts";
  private static final Pattern START = Pattern.compile("(\\d{8,9})\\.json");
  private static final Logger LOG = Logger.getLogger(AttemptHistory.class.getName());
  private static final ObjectMapper JSON = Json.mapper();

  private final RunDirectory run;

  public AttemptHistory(RunDirectory run) {
    this.run = run;
  }

  /**
   * What an attempt's workers ran on, as {@code attempts/00000001-workers.json} has it.
   *
   * @param addresses host and port of the executor of each worker, in the order of ranks
   * @param device what rank 0 computed on
   */
  public record AttemptWorkers(List<String> addresses, String device) {
    public AttemptWorkers {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * An attempt, as far as it is recorded.
   *
   * @param number its number, from 1
   * @param began when, in ISO 8601 and UTC; null if its file is damaged
   * @param application Spark's id of the driver's application; null likewise
   * @param workers what its workers ran on; null if they have not begun
   * @param end how it ended; null if it has not, or its driver died
   */
  public record RecordedAttempt(
      int number, String began, String application, AttemptWorkers workers, AttemptEnd end) {}

  /**
   * All attempts.
   *
   * @param count how many there were
   * @param newest the last of them, oldest first
   */
  public record Attempts(int count, List<RecordedAttempt> newest) {
    public Attempts {
      newest = List.copyOf(newest);
    }
  }

  /** Records how an attempt ended. */
  public void ended(AttemptEnd end) {
    write(endFile(end.attempt()), end);
  }

  /** Records what the workers of an attempt run on. */
  public void working(int attempt, AttemptWorkers workers) {
    write(workersFile(attempt), workers);
  }

  private void write(String name, Record content) {
    try {
      run.write(name, JSON.writeValueAsString(content) + "\n");
    } catch (StoreException e) {
      // A training must not fail for want of a record; if storage stays away, it fails by itself.
      LOG.log(Level.WARNING, "cannot record the attempt: " + e.getMessage());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /**
   * Reads the newest attempts.
   *
   * @param most how many at most
   */
  public Attempts read(int most) {
    Set<String> names =
        run.list(ROOT).stream()
            .map(status -> status.getPath().getName())
            .collect(Collectors.toCollection(TreeSet::new));
    List<Integer> numbers =
        names.stream()
            .map(START::matcher)
            .filter(Matcher::matches)
            .map(matcher -> Integer.parseInt(matcher.group(1)))
            .sorted()
            .toList();
    List<RecordedAttempt> newest = new ArrayList<>();
    for (int number : numbers.subList(Math.max(0, numbers.size() - most), numbers.size())) {
      newest.add(attempt(number, names));
    }
    return new Attempts(numbers.size(), newest);
  }

  private RecordedAttempt attempt(int number, Set<String> names) {
    JsonNode start = start(number);
    return new RecordedAttempt(
        number,
        start.path("began").asText(null),
        start.path("application").asText(null),
        content(workersFile(number), names, AttemptWorkers.class).orElse(null),
        content(endFile(number), names, AttemptEnd.class).orElse(null));
  }

  private JsonNode start(int number) {
    try {
      byte[] file = run.read(String.format(Locale.ROOT, "%s/%08d.json", ROOT, number));
      return JSON.readTree(ChecksummedJson.read(file).json());
    } catch (JsonProcessingException | IllegalArgumentException truncated) {
      return JSON.createObjectNode();
    }
  }

  private <T extends Record> Optional<T> content(String name, Set<String> names, Class<T> type) {
    if (!names.contains(name.substring(ROOT.length() + 1))) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(run.read(name), type));
    } catch (StoreException e) {
      if (e.getCause() instanceof FileNotFoundException) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException beingWritten) {
      return Optional.empty();
    }
  }

  private static String endFile(int attempt) {
    return String.format(Locale.ROOT, "%s/%08d-ended.json", ROOT, attempt);
  }

  private static String workersFile(int attempt) {
    return String.format(Locale.ROOT, "%s/%08d-workers.json", ROOT, attempt);
  }
}
