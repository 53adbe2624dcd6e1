package dev.larkspur.train.driver;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.CheckpointStore.Commit;
import dev.larkspur.run.CheckpointStore.DamagedCheckpointException;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.Lease.LeasePurpose;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.cluster.BarrierStage.Failures;
import dev.larkspur.train.cluster.BarrierStage.WorkerException;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.cluster.Slots.SlotsException;
import dev.larkspur.train.driver.Resumption.LostCheckpoints;
import dev.larkspur.train.driver.SummaryFile.SummaryHeartbeat;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult.Outcome;
import dev.larkspur.train.worker.BatchOrder;
import dev.larkspur.train.worker.UpdateGuard.DivergedException;
import dev.larkspur.train.worker.WorkerResult;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The driver's side of training: takes the run's lease, and starts attempts, each from the newest
 * checkpoint, until one has done the last step or the failures are too many.
 */
public final class TrainingJob {
  /**
   * Spark's retry of a stage would start where the attempt started, not at the newest checkpoint.
   */
  public static final Map<String, String> SPARK_PROPERTIES =
      Map.of("spark.stage.maxConsecutiveAttempts", "1");

  /** The lease that a driver holds while it trains a run. */
  public static final LeasePurpose TRAINING = new LeasePurpose("train", "training of");

  /** How often it renews the lease. */
  public static final Duration LEASE_BEAT = Duration.ofSeconds(10);

  private static final Duration SUMMARY_BEAT = Duration.ofSeconds(30);

  private final JavaSparkContext spark;
  private final Settings settings;
  private final TrainingObserver observer;
  private final AttemptRecord record;
  private final LongFunction<List<MetricsSink>> sinks;
  private final RunDirectory run;
  private final CheckpointStore checkpoints;
  private final Corpus corpus;
  private final ModelConfig model;
  private final long steps;
  private final RunDescription description;
  private final SummaryFile summary;
  private final Restarts restarts;
  private final Set<CheckpointName> damaged = new HashSet<>();
  private final Set<String> warned = new HashSet<>();
  private Optional<Checkpoint> newest;
  private List<SkippedBatches> skippedBatches;
  private int workers;
  private boolean failedWhileEnding;
  private List<SettingsChange> changes = List.of();
  private Progress lastProgress;
  private volatile boolean lost;

  private TrainingJob(
      SparkContext context,
      Settings settings,
      TrainingObserver observer,
      LongFunction<List<MetricsSink>> sinks) {
    this.spark = JavaSparkContext.fromSparkContext(context);
    Configuration hadoop = spark.hadoopConfiguration();
    this.observer = observer;
    this.sinks = sinks;
    this.run = new RunDirectory(settings.run().dir(), hadoop);
    this.record = new AttemptRecord(run, observer);
    this.checkpoints = new CheckpointStore(run);
    this.newest = checkpoints.newest(damaged, this::skipped);
    this.skippedBatches = newest.map(found -> found.state().skips().batches()).orElse(List.of());
    this.corpus = CorpusUse.open(settings.data().corpus(), newest, hadoop);
    this.model = CorpusUse.modelFor(corpus, settings);
    this.description = new RunDescription(run, corpus.manifest(), model, hadoop);
    this.settings = description.complete(settings);
    this.steps = settings.training().steps(model.context());
    this.summary = new SummaryFile(run, settings, corpus.manifest(), model);
    this.restarts = new Restarts(settings.training().tolerance().recovery());
  }

  /**
   * Trains to the last step, from the newest checkpoint in the run directory if it holds one, and
   * again from the newest one after failures that may pass.
   *
   * @throws dev.larkspur.storage.TryAgainException if another driver trains this run
   * @throws RuntimeException of this project, with a message for the user, if it cannot
   */
  public static TrainingResult run(
      SparkContext context, Settings settings, TrainingObserver observer) {
    return run(context, settings, observer, step -> List.of());
  }

  /**
   * As above, with metrics sinks besides the run directory.
   *
   * @param sinks opens those of an attempt, given the step that it resumes from
   */
  public static TrainingResult run(
      SparkContext context,
      Settings settings,
      TrainingObserver observer,
      LongFunction<List<MetricsSink>> sinks) {
    return new TrackedEnd(settings, context.hadoopConfiguration(), observer)
        .of(() -> new TrainingJob(context, settings, observer, sinks).run());
  }

  private TrainingResult run() {
    changes =
        newest
            .map(found -> Resumption.check(found, settings, model, corpus.manifest()))
            .orElse(List.of());
    if (step() > steps) {
      throw new BadInputException(
          "%s is at step %d already, beyond the %d of these settings: raise training.steps or training.tokens, or use another run.dir"
              .formatted(settings.run().dir(), step(), steps));
    }
    Optional<TrainingSummary> completed = step() == steps ? summary.completed() : Optional.empty();
    if (completed.isPresent()) {
      newest.ifPresent(found -> description.restore(found.state().provenance()));
      return new TrainingResult(completed.get(), Outcome.ALREADY_DONE);
    }
    if (StopControl.isHeld(run)) {
      return new TrainingResult(
          SummaryFile.read(run).orElseGet(() -> summary.stopped(lastProgress, newest, workers, 0)),
          Outcome.HELD);
    }
    Preflight.requireEncoding(settings);
    Slots.requireFixedAllocation(spark);
    RunDirectory.refuseRelative(spark, settings.run().dir(), settings.data().corpus());
    new Announcement(settings, model, corpus.manifest())
        .sentences(newest, changes)
        .forEach(observer::note);
    String group = "larkspur train " + run.path("");
    spark.setJobGroup(group, "training", false);
    try (Lease lease = run.lease(TRAINING, LEASE_BEAT, () -> lost(group));
        StopControl stopping = StopControl.of(run, lease, observer)) {
      if (newest.isEmpty()) {
        // Before an attempt starts and overwrites the traces of lost checkpoints.
        findNewest();
      }
      return untilDone(lease, stopping);
    } catch (IOException e) {
      throw new WorkerException("cannot release the lease of " + run.path(""), e);
    } finally {
      spark.clearJobGroup();
    }
  }

  private TrainingResult untilDone(Lease lease, StopControl stopping) {
    while (true) {
      try {
        // A driver that was suspended must not write or start anything once it has a successor.
        requireHeldStrictly(lease);
        if (stopping.isStopping()) {
          return new TrainingResult(
              summary.stopped(lastProgress, newest, workers, restarts.all()), Outcome.STOPPED);
        }
        abortUploads();
        int number = record.begin(spark.sc().applicationId(), changes);
        findNewest();
        Slots slots = Slots.of(spark, settings.training());
        if (workers == 0) {
          run.requireShared(spark);
          RunDirectory.requireSeen(spark, corpus.manifestFile());
        }
        noteWorkers(slots);
        begin(slots);
        WorkerResult result = attempt(number, slots);
        requireHeldStrictly(lease);
        record.ended(result);
        if (result.ending() != RunEnding.EVICTED || stopping.isStopping()) {
          return ended(result, slots);
        }
        observer.note("a worker was evicted: resuming without it");
      } catch (RuntimeException failure) {
        requireHeld(lease);
        record.failed(failure, step());
        afterFailure(rolledBack(failure), lease, stopping);
      }
    }
  }

  /** Stale uploads cost less than a failed training, and not every user may abort them. */
  private void abortUploads() {
    try {
      run.abortUploads();
    } catch (StoreException e) {
      observer.note(e.getMessage());
    }
  }

  private void findNewest() {
    newest = checkpoints.newest(damaged, this::skipped);
    if (newest.isEmpty()) {
      newest = LostCheckpoints.beginAgain(run, settings, model, observer);
    }
  }

  private WorkerResult attempt(int number, Slots slots) {
    record.working(slots.workers(), restarts.all(), checkpoints.newestCommit());
    try (SummaryHeartbeat beats =
        SummaryHeartbeat.every(
            SUMMARY_BEAT,
            () -> {
              if (!lost) {
                Optional<Commit> saved = checkpoints.newestCommit();
                record.committed(saved);
                summary.update(record, newest, saved, slots, restarts.all());
              }
            })) {
      return new Attempt(number, newest, damaged, skippedBatches, slots)
          .run(spark, settings, corpus, record, sinks);
    } finally {
      if (record.newest() != null) {
        lastProgress = record.newest();
      }
    }
  }

  /** Another driver has taken over the run, so this one must not write its files. */
  private void lost(String group) {
    lost = true;
    spark.cancelJobGroup(group);
  }

  private void requireHeldStrictly(Lease lease) {
    try {
      lease.requireHeld();
    } catch (IOException e) {
      throw new StoreException(
          "cannot check whether this driver still holds the lease of %s: %s"
              .formatted(run.path(""), e.getMessage()),
          e);
    }
  }

  /** If storage does not answer, the check before the next attempt decides. */
  private void requireHeld(Lease lease) {
    try {
      lease.requireHeld();
    } catch (IOException e) {
      observer.note(
          "cannot check whether this driver still holds the lease of the run: " + e.getMessage());
    }
  }

  private void noteWorkers(Slots slots) {
    if (workers != slots.workers()) {
      WorkerNotes.of(slots, settings, spark.getConf()).forEach(observer::note);
    }
    workers = slots.workers();
  }

  /** The files that a run directory has from its first attempt on. */
  private void begin(Slots slots) {
    description.write(settings);
    summary.running(newest, slots, restarts.all());
  }

  private TrainingResult ended(WorkerResult result, Slots slots) {
    double lossBefore = newest.map(found -> found.state().trainingLoss()).orElse(Double.NaN);
    return new TrainingResult(
        summary.ended(result, lossBefore, slots, restarts.all()),
        result.ending() == RunEnding.COMPLETED ? Outcome.TRAINED : Outcome.STOPPED);
  }

  /** Waits for the time of another attempt; throws the failure if there is none. */
  private void afterFailure(RuntimeException failure, Lease lease, StopControl stopping) {
    if (stopping.isEnding()) {
      if (failedWhileEnding) {
        // Not even the summary can be written.
        throw failure;
      }
      failedWhileEnding = true;
      // The process is ending: there is no time for another attempt.
      observer.note("stopping without another checkpoint: " + failure.getMessage());
      newestStep(failure);
      return;
    }
    boolean atOnce = isAvoidable(failure);
    long step = newestStep(failure);
    boolean lasting = Failures.isLasting(failure) || (workers == 0 && isForSlots(failure));
    if (spark.sc().isStopped()
        || (lasting && !atOnce)
        || hasStarted(failure)
        || !restarts.another(step)) {
      try {
        requireHeldStrictly(lease);
        summary.failed(failure, lastProgress, newest, workers, restarts.all());
      } catch (StoreException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
    Failures.find(failure, DivergedException.class)
        .ifPresent(
            diverged ->
                skippedBatches =
                    new BatchOrder(skippedBatches, settings.training().freshSteps(model.context()))
                        .without(diverged.batches(), step()));
    Duration delay = atOnce ? Duration.ZERO : restarts.delay();
    observer.note(
        "%s%n  %s, from step %d, in %d s"
            .formatted(failure.getMessage(), restarts.words(), step(), delay.toSeconds()));
    stopping.pause(delay);
  }

  /**
   * The failure to report; if the training diverged, its diverged checkpoints are deleted first.
   */
  private RuntimeException rolledBack(RuntimeException failure) {
    if (Failures.find(failure, DivergedException.class).isEmpty()) {
      return failure;
    }
    try {
      new Rollback(checkpoints, observer::note).discardSkipping(damaged);
      return failure;
    } catch (TrainingException nowhere) {
      nowhere.addSuppressed(failure);
      return nowhere;
    } catch (StoreException | SafetensorsException second) {
      failure.addSuppressed(second);
      return failure;
    }
  }

  /** Whether the next attempt avoids the failure, so that it need not be delayed. */
  private boolean isAvoidable(RuntimeException failure) {
    Failures.find(failure, DamagedCheckpointException.class)
        .ifPresent(found -> damaged.add(found.name()));
    return Failures.find(failure, DamagedCheckpointException.class).isPresent()
        || Failures.find(failure, DivergedException.class).isPresent();
  }

  /** Whether the cluster had too few slots from the beginning: there may never be more. */
  private static boolean isForSlots(RuntimeException failure) {
    return failure instanceof SlotsException;
  }

  /** Whether only a new process can train again, because the strategy starts once in each. */
  private boolean hasStarted(RuntimeException failure) {
    if (!settings.training().strategy().startsOnce() || isForSlots(failure)) {
      return false;
    }
    observer.note(
        "training.strategy = %s starts once in a process, so this process does not try again: start the same command again, which resumes from step %d"
            .formatted(settings.training().strategy().kind().word(), step()));
    return true;
  }

  private long newestStep(RuntimeException failure) {
    try {
      newest = checkpoints.newest(damaged, warning -> {});
    } catch (StoreException | SafetensorsException second) {
      failure.addSuppressed(second);
    }
    return step();
  }

  /** Updates done by the newest checkpoint. */
  private long step() {
    return newest.map(Checkpoint::step).orElse(0L);
  }

  private void skipped(String warning) {
    if (warned.add(warning)) {
      observer.note(warning + "; resuming from an older one");
    }
  }
}
