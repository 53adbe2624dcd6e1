package dev.larkspur.train.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.metrics.Progress;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.StoreException;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.worker.WorkerResult;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
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

  /** What is there of a training that has done all its steps. */
  Optional<TrainingSummary> completed() {
    return completed(run);
  }

  /** The same of any run. */
  static Optional<TrainingSummary> completed(RunDirectory run) {
    // Older versions completed runs whose loss is not a number.
    return read(run)
        .filter(
            summary ->
                summary.status().equals(TrainingSummary.COMPLETED)
                    && summary.validationLoss() != null);
  }

  /** What is there of a training, whatever came of it; empty also if it is not whole. */
  public static Optional<TrainingSummary> read(RunDirectory run) {
    if (!run.has(RunDirectory.SUMMARY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(run.readText(RunDirectory.SUMMARY), TrainingSummary.class));
    } catch (JsonProcessingException e) {
      // Cut short: the workers find nothing to do, and it is written again.
      return Optional.empty();
    }
  }

  /** A training begins or goes on. */
  void running(Optional<Checkpoint> newest, Slots slots, int restarts) {
    write(summary(TrainingSummary.RUNNING, null, newest, null, slots.workers(), restarts));
  }

  /** A training runs on; {@code last} is what was heard of it last, or null. */
  void beat(Progress last, Optional<Checkpoint> newest, Slots slots, int restarts) {
    write(summary(TrainingSummary.RUNNING, null, newest, last, slots.workers(), restarts));
  }

  /** A training has failed; {@code last} is what was heard of it last, or null. */
  void failed(
      Throwable failure, Progress last, Optional<Checkpoint> newest, int workers, int restarts) {
    String why = String.valueOf(failure.getMessage());
    write(summary(TrainingSummary.FAILED, why, newest, last, workers, restarts));
  }

  /** A training was asked to end between two attempts. */
  TrainingSummary stopped(Progress last, Optional<Checkpoint> newest, int workers, int restarts) {
    TrainingSummary stopped =
        summary(TrainingSummary.STOPPED, null, newest, last, workers, restarts);
    write(stopped);
    return stopped;
  }

  /** A training has left its last step. */
  TrainingSummary ended(WorkerResult result, double lossBefore, Slots slots, int restarts) {
    double seconds = result.seconds().total();
    TrainingSummary summary =
        new TrainingSummary(
            result.ending() == RunEnding.COMPLETED
                ? TrainingSummary.COMPLETED
                : TrainingSummary.STOPPED,
            null,
            result.step(),
            tokens(result.step()),
            result.training() == null ? number(lossBefore) : number(result.training().loss()),
            result.validation() == null ? null : number(result.validation().validationLoss()),
            result.validation() == null ? null : number(result.validation().validationPerplexity()),
            corpus.unigramPerplexity(),
            seconds > 0 ? result.trainedTokens() / seconds : 0,
            size().parameters(),
            size().ffnParameters(),
            flops(result.step()),
            (System.nanoTime() - began) / 1e9,
            slots.workers(),
            restarts,
            result.skippedUpdates(),
            settings.training().compute().engine(),
            result.device(),
            precision(),
            result.step(),
            now());
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
    // Nothing may be left of what was done behind the checkpoint, but it tells where a run is.
    boolean tells = !status.equals(TrainingSummary.STOPPED) && last != null;
    long step = tells ? Math.max(saved, last.step()) : saved;
    long skipped =
        tells && last.step() > saved
            ? last.skippedUpdates()
            : newest.map(found -> found.state().skippedUpdates()).orElse(0L);
    boolean trained = last != null && last.training() != null;
    boolean validated = last != null && last.validation() != null;
    return new TrainingSummary(
        status,
        failure,
        step,
        tokens(step),
        trained ? number(last.training().loss()) : null,
        validated ? number(last.validation().validationLoss()) : null,
        validated ? number(last.validation().validationPerplexity()) : null,
        corpus.unigramPerplexity(),
        trained && status.equals(TrainingSummary.RUNNING)
            ? number(last.training().tokensPerSecond())
            : null,
        size().parameters(),
        size().ffnParameters(),
        flops(step),
        (System.nanoTime() - began) / 1e9,
        workers,
        restarts,
        skipped,
        settings.training().compute().engine(),
        null,
        precision(),
        newest.map(Checkpoint::step).orElse(null),
        now());
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private ModelSize size() {
    return ModelSize.of(model);
  }

  private double flops(long step) {
    return TrainingFlops.of(settings.training(), model, step);
  }

  private long tokens(long step) {
    return step * settings.training().globalBatch() * model.context();
  }

  private String precision() {
    return settings.training().compute().precision().name().toLowerCase(Locale.ROOT);
  }

  /** JSON has no word for what is not a number. */
  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private void write(TrainingSummary summary) {
    try {
      run.write(
          RunDirectory.SUMMARY,
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(summary) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /** Writes the summary again and again while an attempt runs, so that it tells who is alive. */
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
     * Begins.
     *
     * @param write never runs beside itself, nor after {@link #close}
     * @param beat time between the end of one and the next
     */
    static SummaryHeartbeat every(Duration beat, Runnable write) {
      SummaryHeartbeat heartbeat = new SummaryHeartbeat();
      // It ends with its executor, and never by an exception.
      ScheduledFuture<?> unused =
          heartbeat.beats.scheduleWithFixedDelay(
              () -> attempt(write), beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
      return heartbeat;
    }

    private static void attempt(Runnable write) {
      try {
        write.run();
      } catch (StoreException e) {
        // The next beat tries again. If storage stays away, the training itself fails on it.
        LOG.log(Level.FINE, "cannot write the summary", e);
      }
    }

    @Override
    public void close() {
      beats.shutdown();
      try {
        beats.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
