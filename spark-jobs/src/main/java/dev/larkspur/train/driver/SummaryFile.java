package dev.larkspur.train.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore.Commit;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.driver.TrainingSummary.Execution;
import dev.larkspur.train.driver.TrainingSummary.Quality;
import dev.larkspur.train.driver.TrainingSummary.Reached;
import dev.larkspur.train.driver.TrainingSummary.Size;
import dev.larkspur.train.driver.TrainingSummary.Speed;
import dev.larkspur.train.driver.TrainingSummary.Standing;
import dev.larkspur.train.worker.WorkerResult;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hadoop.conf.Configuration;

/** Keeps {@code summary.json} up to date. */
public final class SummaryFile {
  private static final ObjectMapper JSON = Json.mapper();

  private final RunDirectory run;
  private final Settings settings;
  private final CorpusManifest corpus;
  private final ModelConfig model;
  private final long began = System.nanoTime();

  SummaryFile(RunDirectory run, Settings settings, CorpusManifest corpus, ModelConfig model) {
    this.run = run;
    this.settings = settings;
    this.corpus = corpus;
    this.model = model;
  }

  /** The summary of a training that has completed all its steps. */
  Optional<TrainingSummary> completed() {
    return completed(run);
  }

  /** The summary of a completed training; empty if there is none in the directory. */
  public static Optional<TrainingSummary> completed(String dir, Configuration hadoop) {
    return completed(new RunDirectory(dir, hadoop));
  }

  /** The summary of a completed run. */
  static Optional<TrainingSummary> completed(RunDirectory run) {
    // Older versions completed runs with a NaN loss.
    return read(run)
        .filter(
            summary ->
                summary.status().equals(TrainingSummary.COMPLETED)
                    && summary.validationLoss() != null);
  }

  /** The summary of a training, whatever its outcome; also empty if the file is incomplete. */
  public static Optional<TrainingSummary> read(RunDirectory run) {
    if (!run.has(RunDirectory.SUMMARY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(run.read(RunDirectory.SUMMARY), TrainingSummary.class));
    } catch (IOException e) {
      // The file is truncated. The workers find nothing to do, and it is rewritten.
      return Optional.empty();
    }
  }

  /** An attempt starts. */
  void running(Optional<Checkpoint> newest, Slots slots, int restarts) {
    write(summary(TrainingSummary.RUNNING, null, newest, null, slots.workers(), restarts));
  }

  /**
   * A training is running.
   *
   * @param attempt what its workers have reported
   * @param start checkpoint that the attempt started from
   * @param saved newest checkpoint
   */
  void update(
      AttemptRecord attempt,
      Optional<Checkpoint> start,
      Optional<Commit> saved,
      Slots slots,
      int restarts) {
    Progress last = attempt.newest();
    TrainingSummary summary =
        summary(TrainingSummary.RUNNING, null, start, last, slots.workers(), restarts);
    Reached reached = summary.progress();
    write(
        summary.with(
            new Reached(
                reached.step(),
                reached.tokens(),
                reached.skippedUpdates(),
                saved.map(commit -> commit.name().step()).orElse(reached.checkpointStep()),
                reached.steps(),
                word(last == null ? Activity.STARTING : last.activity()),
                attempt.progressed())));
  }

  private static String word(Activity activity) {
    return activity.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A training has failed; {@code last} is its newest progress, or null. */
  void failed(
      Throwable failure, Progress last, Optional<Checkpoint> newest, int workers, int restarts) {
    String why = String.valueOf(failure.getMessage());
    write(summary(TrainingSummary.FAILED, why, newest, last, workers, restarts));
  }

  /** A training has received a termination signal between two attempts. */
  TrainingSummary stopped(Progress last, Optional<Checkpoint> newest, int workers, int restarts) {
    TrainingSummary stopped =
        summary(TrainingSummary.STOPPED, null, newest, last, workers, restarts);
    write(stopped);
    return stopped;
  }

  /** A training has completed or stopped. */
  TrainingSummary ended(WorkerResult result, double lossBefore, Slots slots, int restarts) {
    double seconds = result.seconds().total();
    boolean completed = result.ending() == RunEnding.COMPLETED;
    double loss = result.training() == null ? lossBefore : result.training().loss();
    TrainingSummary summary =
        new TrainingSummary(
            new Standing(
                completed ? TrainingSummary.COMPLETED : TrainingSummary.STOPPED, null, now()),
            reached(result.step(), result.skippedUpdates(), result.step()),
            quality(number(loss), result.validation()),
            new Speed(seconds > 0 ? result.trainedTokens() / seconds : 0, wallSeconds()),
            size(result.step()),
            execution(slots.workers(), restarts, result.device()));
    write(summary);
    return summary;
  }

  private TrainingSummary summary(
      String status,
      String failure,
      Optional<Checkpoint> newest,
      Progress last,
      int workers,
      int restarts) {
    long saved = newest.map(Checkpoint::step).orElse(0L);
    // Steps after the checkpoint may be lost, but they show the progress of the run.
    boolean ahead = !status.equals(TrainingSummary.STOPPED) && last != null && last.step() > saved;
    long step = ahead ? last.step() : saved;
    long skipped =
        ahead
            ? last.skippedUpdates()
            : newest.map(found -> found.state().skips().updates()).orElse(0L);
    StepMetrics training = last == null ? null : last.training();
    boolean running = status.equals(TrainingSummary.RUNNING);
    return new TrainingSummary(
        new Standing(status, failure, now()),
        reached(step, skipped, newest.map(Checkpoint::step).orElse(null)),
        quality(
            training == null ? null : number(training.loss()),
            last == null ? null : last.validation()),
        new Speed(
            training != null && running ? number(training.tokensPerSecond()) : null, wallSeconds()),
        size(step),
        execution(workers, restarts, null));
  }

  private Reached reached(long step, long skipped, Long saved) {
    long steps = settings.training().steps(model.context());
    return new Reached(step, tokens(step), skipped, saved, steps, null, null);
  }

  private Quality quality(Double trainingLoss, ValidationMetrics validation) {
    return validation == null
        ? new Quality(trainingLoss, null, null, corpus.unigramPerplexity())
        : new Quality(
            trainingLoss,
            number(validation.validationLoss()),
            number(validation.validationPerplexity()),
            corpus.unigramPerplexity());
  }

  private Size size(long step) {
    ModelSize size = ModelSize.of(model);
    return new Size(
        size.parameters(),
        size.ffnParameters(),
        TrainingFlops.of(settings.training(), model, step));
  }

  private Execution execution(int workers, int restarts, String device) {
    TrainingSettings training = settings.training();
    String precision = training.compute().precision().name().toLowerCase(Locale.ROOT);
    return new Execution(workers, restarts, training.compute().engine(), device, precision);
  }

  private double wallSeconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private long tokens(long step) {
    return step * settings.training().globalBatch() * model.context();
  }

  /** JSON cannot represent NaN. */
  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private void write(TrainingSummary summary) {
    try {
      run.write(
          RunDirectory.SUMMARY,
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(Json.write(summary)) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /** Rewrites the summary while an attempt runs, so that it shows that the run is active. */
  static final class SummaryHeartbeat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SummaryHeartbeat.class.getName());
    private static final long GRACE_SECONDS = 60;

    private final ScheduledExecutorService beats =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "summary");
              thread.setDaemon(true);
              return thread;
            });

    private SummaryHeartbeat() {}

    /**
     * Starts the heartbeat.
     *
     * @param write what writes the summary; never runs concurrently with itself, and {@link #close}
     *     interrupts it if it takes more than a minute
     * @param interval time between the end of one write and the next
     */
    static SummaryHeartbeat every(Duration interval, Runnable write) {
      SummaryHeartbeat heartbeat = new SummaryHeartbeat();
      // The task ends with its executor, never by an exception.
      ScheduledFuture<?> unused =
          heartbeat.beats.scheduleWithFixedDelay(
              () -> attempt(write),
              interval.toMillis(),
              interval.toMillis(),
              TimeUnit.MILLISECONDS);
      return heartbeat;
    }

    private static void attempt(Runnable write) {
      try {
        write.run();
      } catch (StoreException e) {
        // The next write retries. If storage stays unreachable, the training itself fails.
        LOG.log(Level.FINE, "cannot write the summary", e);
      } catch (RuntimeException e) {
        // It would end the heartbeat without a trace.
        LOG.log(Level.WARNING, "cannot write the summary, will retry", e);
      }
    }

    @Override
    public void close() {
      beats.shutdown();
      try {
        if (!beats.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
          beats.shutdownNow();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
