package dev.larkspur.status;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.larkspur.run.AttemptHistory;
import dev.larkspur.run.AttemptHistory.Attempts;
import dev.larkspur.run.AttemptHistory.RecordedAttempt;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.status.RunStatus.Heartbeat;
import dev.larkspur.status.RunStatus.Losses;
import dev.larkspur.status.RunStatus.SavedCheckpoint;
import dev.larkspur.status.RunStatus.Standing;
import dev.larkspur.status.RunStatus.TrainingProgress;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.ObservedLease;
import dev.larkspur.train.driver.SummaryFile;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingSummary;
import dev.larkspur.train.worker.StopSignals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Reads the state of runs. The times of files, which the file system has, are compared with the
 * clock of this machine.
 *
 * @param hadoop how file systems are reached
 * @param clock of this machine
 * @param stalledAfter longest time without a report of the workers in which a run counts as running
 */
public record RunStatusReader(Configuration hadoop, InstantSource clock, Duration stalledAfter) {
  /** Longest time without a report of the workers, unless a user says otherwise. */
  public static final Duration STALLED_AFTER = Duration.ofMinutes(15);

  /** Attempts that are shown; a run that is restarted every hour has thousands. */
  private static final int ATTEMPTS_SHOWN = 5;

  /** How deep runs are looked for: a grid of runs, in a directory of grids. */
  private static final int LEVELS = 2;

  private static final String ATTEMPTS = "attempts";

  /**
   * The run in a directory, or else those below it, in the order of their names.
   *
   * @throws BadInputException if there is none
   */
  public List<RunStatus> read(String directory) {
    List<String> runs = find(directory);
    if (runs.isEmpty()) {
      throw new BadInputException(
          "there is no run in %s, and none below it: correct --run, or train first"
              .formatted(directory));
    }
    return runs.stream().map(this::status).toList();
  }

  /** The directories of the run in a directory, or else of those below it; empty if none. */
  public List<String> find(String directory) {
    List<String> runs = new ArrayList<>();
    find(directory, LEVELS, runs);
    return runs;
  }

  private void find(String directory, int levels, List<String> runs) {
    List<FileStatus> entries = new RunDirectory(directory, hadoop).list("");
    boolean isRun =
        entries.stream()
            .map(entry -> entry.getPath().getName())
            .anyMatch(Set.of(ATTEMPTS, RunDirectory.SUMMARY, RunDirectory.CONFIG)::contains);
    if (isRun) {
      runs.add(directory);
    } else if (levels > 0) {
      entries.stream()
          .filter(FileStatus::isDirectory)
          .map(entry -> entry.getPath().toString())
          .sorted()
          .forEach(below -> find(below, levels - 1, runs));
    }
  }

  /** The state of the run in a directory. */
  public RunStatus status(String directory) {
    RunDirectory run = new RunDirectory(directory, hadoop);
    // The lease first: a driver that ends meanwhile has written its summary before.
    Optional<ObservedLease> lease = run.observe(TrainingJob.TRAINING);
    Attempts attempts = new AttemptHistory(run).read(ATTEMPTS_SHOWN);
    Optional<TrainingSummary> summary = SummaryFile.read(run);
    Instant now = clock.instant();
    Optional<Duration> silence = lastReport(summary, attempts).map(last -> since(last, now));
    RunState state = state(lease, summary, attempts, silence, now);
    return new RunStatus(
        run.path("").toString(),
        name(run),
        new Standing(
            state,
            reason(state, run, lease, summary, silence),
            lease.map(held -> heartbeat(held, now)).orElse(null),
            workers(attempts)),
        summary.map(found -> progress(found, state, silence)).orElse(null),
        new CheckpointStore(run)
            .newestCommit()
            .map(
                commit ->
                    new SavedCheckpoint(
                        commit.name().step(),
                        text(commit.time()),
                        seconds(since(commit.time(), now))))
            .orElse(null),
        attempts);
  }

  private RunState state(
      Optional<ObservedLease> lease,
      Optional<TrainingSummary> summary,
      Attempts attempts,
      Optional<Duration> silence,
      Instant now) {
    String status = summary.map(TrainingSummary::status).orElse("");
    boolean alive = lease.filter(held -> held.isAlive(now, TrainingJob.LEASE_BEAT)).isPresent();
    if (status.equals(TrainingSummary.COMPLETED)) {
      return RunState.COMPLETED;
    }
    if (alive) {
      return silence.filter(age -> age.compareTo(stalledAfter) > 0).isPresent()
          ? RunState.STALLED
          : RunState.RUNNING;
    }
    return switch (status) {
      case TrainingSummary.STOPPED -> RunState.STOPPED;
      case TrainingSummary.FAILED -> RunState.FAILED;
      case TrainingSummary.RUNNING -> RunState.DEAD;
      default ->
          lease.isPresent() || attempts.newest().stream().anyMatch(RunStatusReader::isTraining)
              ? RunState.DEAD
              : RunState.NOT_STARTED;
    };
  }

  /** An import is recorded as an attempt too. */
  private static boolean isTraining(RecordedAttempt attempt) {
    return !"import".equals(attempt.application());
  }

  private String reason(
      RunState state,
      RunDirectory run,
      Optional<ObservedLease> lease,
      Optional<TrainingSummary> summary,
      Optional<Duration> silence) {
    boolean held = run.hasFile(StopSignals.STOP_FILE);
    return switch (state) {
      case COMPLETED, NOT_STARTED -> null;
      case RUNNING -> held ? "%s stops it".formatted(run.path(StopSignals.STOP_FILE)) : null;
      case STALLED ->
          "its workers have reported nothing for %d s: look at their thread dumps in Spark's UI"
              .formatted(silence.map(Duration::toSeconds).orElse(0L));
      case DEAD ->
          "its driver%s has ended without a word: the same command resumes"
              .formatted(
                  lease
                      .map(last -> " (process %d on %s)".formatted(last.process(), last.host()))
                      .orElse(""));
      case STOPPED ->
          held
              ? "%s holds it: delete that file, and the same command resumes"
                  .formatted(run.path(StopSignals.STOP_FILE))
              : "the same command resumes";
      case FAILED -> summary.map(found -> found.outcome().failure()).orElse(null);
    };
  }

  private static TrainingProgress progress(
      TrainingSummary summary, RunState state, Optional<Duration> silence) {
    boolean active = state == RunState.RUNNING || state == RunState.STALLED;
    Double speed = summary.speed().tokensPerSecond();
    Long steps = summary.progress().steps();
    Double left =
        !active || speed == null || speed == 0 || steps == null || summary.step() == 0
            ? null
            : (steps - summary.step()) * ((double) summary.tokens() / summary.step()) / speed;
    return new TrainingProgress(
        summary.step(),
        steps,
        new Losses(summary.quality().trainingLoss(), summary.validationLoss()),
        speed,
        left,
        active ? summary.progress().activity() : null,
        active ? silence.map(RunStatusReader::seconds).orElse(null) : null);
  }

  /** When the workers last reported, or an attempt began or ended. */
  private static Optional<Instant> lastReport(
      Optional<TrainingSummary> summary, Attempts attempts) {
    Stream<String> times =
        Stream.concat(
            summary.map(found -> found.progress().progressed()).stream(),
            attempts.newest().stream()
                .flatMap(
                    attempt ->
                        Stream.of(
                            attempt.began(),
                            attempt.end() == null ? null : attempt.end().ended())));
    return times
        .filter(Objects::nonNull)
        .flatMap(text -> time(text).stream())
        .max(Instant::compareTo);
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException edited) {
      return Optional.empty();
    }
  }

  private static List<String> workers(Attempts attempts) {
    return attempts.newest().stream()
        .filter(attempt -> attempt.workers() != null)
        .reduce((earlier, later) -> later)
        .map(attempt -> attempt.workers().addresses().stream().map(RunStatusReader::host).toList())
        .orElse(List.of());
  }

  private static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  private static String name(RunDirectory run) {
    if (!run.hasFile(RunDirectory.CONFIG)) {
      return null;
    }
    try {
      Config settings = ConfigFactory.parseString(run.readText(RunDirectory.CONFIG));
      return settings.hasPath("run.name") ? settings.getString("run.name") : null;
    } catch (ConfigException beingWritten) {
      return null;
    }
  }

  private static Heartbeat heartbeat(ObservedLease lease, Instant now) {
    return new Heartbeat(
        text(lease.renewed()), seconds(lease.age(now)), lease.host(), lease.process());
  }

  private static Duration since(Instant time, Instant now) {
    Duration age = Duration.between(time, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
