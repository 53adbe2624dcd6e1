package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.storage.ChecksummedJson;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileAlreadyExistsException;

/**
 * The attempts at training a run: one file in {@code attempts/} for each, which only one driver can
 * create. The number of an attempt is a fencing token: an attempt stops if there is a later one. A
 * second file names the first checkpoint that the attempt has committed.
 */
public final class AttemptLog {
  private static final String ROOT = "attempts";
  private static final Pattern START = Pattern.compile("(\\d{8,9})\\.json");
  private static final Pattern COMMITTED = Pattern.compile("\\d{8,9}-committed-(\\d{8,18})");
  private static final String IMPORT = "import";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory run;

  public AttemptLog(RunDirectory run) {
    this.run = run;
  }

  /**
   * The content of the file of an attempt.
   *
   * @param attempt its number
   * @param application Spark's id of the driver's application
   * @param began time of its start, ISO 8601
   * @param writer a random id: two drivers never write the same file content
   * @param changedSettings settings that differ from those of the checkpoint that it resumes from
   */
  private record Start(
      int attempt,
      String application,
      String began,
      String writer,
      List<SettingsChange> changedSettings) {}

  /** Starts the next attempt, with unchanged settings. */
  public int begin(String application) {
    return begin(application, List.of());
  }

  /**
   * Starts the next attempt. Must be called before the newest checkpoint is searched for.
   *
   * @param application Spark's id of the driver's application
   * @param changes settings that differ from those of the checkpoint that it resumes from
   * @return its number
   * @throws TryAgainException if another driver starts an attempt at the same time
   */
  public int begin(String application, List<SettingsChange> changes) {
    int number = newest() + 1;
    String name = file(number);
    Start start =
        new Start(
            number,
            application,
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            UUID.randomUUID().toString(),
            changes);
    try {
      run.createNew(name, ChecksummedJson.write(JSON.writeValueAsString(start)));
    } catch (FileAlreadyExistsException e) {
      throw new TryAgainException(
          "another driver is starting to train %s: let that one train it".formatted(run.path("")),
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    } catch (IOException e) {
      throw run.cannot("write", name, e);
    }
    return number;
  }

  /** Starts the attempt that writes an imported model. */
  int beginImport() {
    return begin(IMPORT);
  }

  /**
   * Whether the run started from an imported model.
   *
   * @throws SafetensorsException if the file that records it is damaged
   */
  boolean startedFromImport() {
    List<String> files = names().filter(START.asMatchPredicate()).sorted().toList();
    for (String name : files) {
      ChecksummedJson.Content content = ChecksummedJson.read(run.read(ROOT + "/" + name));
      switch (content.state()) {
        // Its writer was interrupted.
        case TRUNCATED -> {}
        case INTACT, UNCHECKED -> {
          return isImport(content.json());
        }
        case DAMAGED ->
            throw new SafetensorsException(
                "%s is damaged, and only this file records whether the run started from an imported model: import the model again into another directory, or delete the file if the run was not imported"
                    .formatted(run.path(ROOT + "/" + name)));
      }
    }
    return false;
  }

  private static boolean isImport(String json) {
    try {
      return JSON.readTree(json).path("application").asText().equals(IMPORT);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was read before", e);
    }
  }

  /** Records outside of the checkpoints that an attempt has committed one. */
  void committed(CheckpointName first) {
    run.write(
        String.format(Locale.ROOT, "%s/%08d-committed-%08d", ROOT, first.attempt(), first.step()),
        "");
  }

  /** The highest committed step on record, whether its checkpoint still exists or not. */
  public OptionalLong committed() {
    return names()
        .map(COMMITTED::matcher)
        .filter(Matcher::matches)
        .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
        .max();
  }

  /** Deletes the records of committed checkpoints, for a run that starts over. */
  public void forgetCommitted() {
    names()
        .filter(COMMITTED.asMatchPredicate())
        .toList()
        .forEach(name -> run.delete(ROOT + "/" + name));
  }

  /**
   * A text that no other run has, except copies of this one.
   *
   * @throws dev.larkspur.run.RunDirectory.StoreException if the file of its first attempt cannot be
   *     read
   */
  public String identity() {
    String name = file(1);
    try {
      return JSON.readTree(ChecksummedJson.read(run.read(name)).json()).path("writer").asText();
    } catch (IOException e) {
      throw run.cannot("read", name, e);
    }
  }

  /**
   * Checks that an attempt is the latest.
   *
   * @throws TryAgainException if a later one has started
   */
  public void requireNewest(int attempt) {
    int newest = newest();
    if (newest > attempt) {
      throw new TryAgainException(
          "attempt %d at training %s stops, because another driver has started attempt %d"
              .formatted(attempt, run.path(""), newest));
    }
  }

  /**
   * Checks that this process sees the directory that the driver writes to.
   *
   * @throws dev.larkspur.storage.BadInputException if it does not
   */
  public void requireSeen(int attempt) {
    if (run.isLocal() && !run.has(file(attempt))) {
      throw SharedFiles.unseenHere(run.path(""), "there is no " + file(attempt));
    }
  }

  private static String file(int number) {
    return String.format(Locale.ROOT, "%s/%08d.json", ROOT, number);
  }

  private int newest() {
    return names()
        .map(START::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Integer.parseInt(matcher.group(1)))
        .max(Comparator.naturalOrder())
        .orElse(0);
  }

  private Stream<String> names() {
    return run.list(ROOT).stream().map(status -> status.getPath().getName());
  }
}
