package dev.larkspur.watch;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.Json;
import dev.larkspur.settings.DifferingSetting;
import dev.larkspur.status.RunStatusReader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.watch.Curves.Known;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The runs in and below some directories, and the answers to whoever watches them. */
final class WatchedRuns implements AutoCloseable {
  /** Columns of a track in {@link DataRequest#columns}: all of them. */
  static final String ALL = "*";

  /** Points of all runs of a page together. */
  static final int MOST_POINTS = 64_000;

  /** The same of a page that is a file. */
  static final int MOST_POINTS_OF_A_FILE = 4_000;

  private static final int FEWEST_POINTS_OF_A_RUN = 500;

  /** How often runs are looked for that have begun meanwhile. */
  private static final Duration BETWEEN_SEARCHES = Duration.ofSeconds(30);

  /** Requests to storage at a time. */
  private static final int THREADS = 8;

  private static final ObjectMapper JSON = Json.mapper();

  private final List<String> directories;
  private final RunStatusReader reader;
  private final Duration every;
  private final List<WatchedRun> runs = new ArrayList<>();
  private final Set<String> found = new HashSet<>();
  private final ExecutorService threads;
  private Instant searched = Instant.MIN;
  private Instant refreshed = Instant.MIN;

  /**
   * Finds the runs.
   *
   * @param directories of runs, or of several
   * @param every shortest time between two looks at storage
   * @throws BadInputException if a directory has no run
   */
  WatchedRuns(List<String> directories, RunStatusReader reader, Duration every) {
    this.directories = List.copyOf(directories);
    this.reader = reader;
    this.every = every;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "reader of runs");
              thread.setDaemon(true);
              return thread;
            });
    try {
      for (String directory : this.directories) {
        if (search(directory) == 0) {
          throw new BadInputException(
              "there is no run in %s, and none below it: name the directory of a run or of several, or train first"
                  .formatted(directory));
        }
      }
    } catch (RuntimeException e) {
      threads.shutdown();
      throw e;
    }
    searched = reader.clock().instant();
  }

  /** Takes what is new; returns how many runs there are. */
  private int search(String directory) {
    List<String> all = reader.find(directory);
    for (String run : all) {
      if (found.add(run)) {
        runs.add(new WatchedRun(runs.size(), run, reader));
      }
    }
    return all.size();
  }

  /**
   * A request of a page.
   *
   * @param columns of each track, such as {@code loss} of {@code training}, or {@link #ALL}
   * @param settings what it knows of the settings that differ, by their hash
   * @param runs what it knows of runs, by their number
   */
  record DataRequest(Map<String, List<String>> columns, int settings, Map<Integer, KnownRun> runs) {

    /** The request of a page that knows nothing and shows everything. */
    static final DataRequest EVERYTHING =
        new DataRequest(
            Map.of(Track.TRAINING, List.of(ALL), Track.VALIDATION, List.of(ALL)), 0, Map.of());

    DataRequest {
      columns = columns == null ? Map.of() : Map.copyOf(columns);
      runs = runs == null ? Map.of() : Map.copyOf(runs);
    }

    /**
     * What a page knows of a run.
     *
     * @param view hash of what it knows besides curves
     * @param tracks points that it has
     */
    record KnownRun(int view, Map<String, Known> tracks) {
      static final KnownRun NONE = new KnownRun(0, Map.of());

      KnownRun {
        tracks = tracks == null ? Map.of() : Map.copyOf(tracks);
      }

      Known of(String track) {
        return tracks.getOrDefault(track, Known.NONE);
      }
    }
  }

  /** Number of runs. */
  synchronized int size() {
    return runs.size();
  }

  /** Directories of the runs. */
  synchronized List<String> paths() {
    return runs.stream().map(WatchedRun::directory).toList();
  }

  /**
   * Reads what is new, unless that was done just before.
   *
   * @throws dev.larkspur.storage.LarkspurException if storage does not respond
   */
  synchronized void refresh() {
    Instant now = reader.clock().instant();
    if (now.isBefore(refreshed.plus(every))) {
      return;
    }
    if (!now.isBefore(searched.plus(BETWEEN_SEARCHES))) {
      directories.forEach(this::search);
      searched = now;
    }
    List<CompletableFuture<Void>> reads =
        runs.stream()
            .map(run -> CompletableFuture.runAsync(() -> run.refresh(now), threads))
            .toList();
    try {
      CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    refreshed = now;
  }

  /**
   * Writes, as one JSON object, what a page does not know.
   *
   * @param points the most of all runs together, but for {@value #FEWEST_POINTS_OF_A_RUN} of each
   */
  synchronized void write(DataRequest request, int points, OutputStream out) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeStringField("now", reader.clock().instant().toString());
      json.writeNumberField("count", runs.size());
      List<DifferingSetting> settings =
          DifferingSetting.of(runs.stream().map(WatchedRun::settings).toList());
      int hash = settings.hashCode();
      json.writeNumberField("settingsHash", hash);
      if (hash != request.settings()) {
        json.writeObjectField("settings", settings);
      }
      json.writeArrayFieldStart("runs");
      int limit = Math.max(FEWEST_POINTS_OF_A_RUN, points / runs.size());
      for (WatchedRun run : runs) {
        new RunNews(run, request, limit).write(json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  /**
   * What a page does not know of a run.
   *
   * @param limit the most points of a curve
   */
  private record RunNews(WatchedRun run, DataRequest request, int limit) {
    private static final Progression NOTHING = new Progression(new Track(), step -> step);

    private DataRequest.KnownRun known() {
      return request.runs().getOrDefault(run.id(), DataRequest.KnownRun.NONE);
    }

    private Curves curves(String track, Progression progression) {
      return new Curves(run.metrics().track(track), progression, run.metrics().generation(), limit);
    }

    /** Writes nothing if there is no news. */
    void write(JsonGenerator json) throws IOException {
      int hash = run.view().hashCode();
      boolean viewIsNews = hash != known().view();
      Set<String> tracks =
          request.columns().keySet().stream()
              .filter(track -> curves(track, NOTHING).isNews(known().of(track)))
              .collect(Collectors.toSet());
      if (!viewIsNews && tracks.isEmpty()) {
        return;
      }
      json.writeStartObject();
      json.writeNumberField("id", run.id());
      json.writeNumberField("hash", hash);
      if (viewIsNews) {
        json.writeObjectField("view", run.view());
      }
      json.writeObjectFieldStart("tracks");
      Progression progression = run.progression();
      for (String track : tracks) {
        json.writeFieldName(track);
        List<String> names = request.columns().get(track);
        curves(track, progression)
            .write(
                json,
                names.contains(ALL) ? List.copyOf(run.metrics().track(track).names()) : names,
                known().of(track));
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }
}
