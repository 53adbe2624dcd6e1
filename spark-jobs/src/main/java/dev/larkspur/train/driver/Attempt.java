package dev.larkspur.train.driver;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.metrics.MetricsReceiver;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.MetricsSink.CompositeSink;
import dev.larkspur.mlflow.MlflowSink;
import dev.larkspur.mlflow.Tracking;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.JarVersion;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.settings.MetricsSettings;
import dev.larkspur.settings.RunSettings.CheckpointSettings;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.tensorboard.TensorBoardSink;
import dev.larkspur.train.cluster.BarrierStage;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.driver.StallWatch.StalledException;
import dev.larkspur.train.worker.PhaseSchedule;
import dev.larkspur.train.worker.RoundTraining;
import dev.larkspur.train.worker.TrainingSpec;
import dev.larkspur.train.worker.TrainingSpec.AttemptPlan;
import dev.larkspur.train.worker.TrainingSpec.BatchPlan;
import dev.larkspur.train.worker.TrainingSpec.Cadence;
import dev.larkspur.train.worker.TrainingSpec.Compute;
import dev.larkspur.train.worker.TrainingSpec.Recipe;
import dev.larkspur.train.worker.TrainingSpec.Source;
import dev.larkspur.train.worker.WorkerResult;
import dev.larkspur.train.worker.WorkerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * One barrier stage that trains from a checkpoint, or from the beginning, to the last step or the
 * first failure.
 *
 * @param number number of the attempt, from 1
 * @param start checkpoint to resume from
 * @param damaged checkpoints that were found damaged
 * @param skipped batches to skip
 * @param slots workers and their threads
 */
record Attempt(
    int number,
    Optional<Checkpoint> start,
    Set<CheckpointName> damaged,
    List<SkippedBatches> skipped,
    Slots slots) {

  /** The local property that has the group of a job. */
  private static final String JOB_GROUP = "spark.jobGroup.id";

  /** Trains, and returns the result of rank 0. */
  WorkerResult run(
      JavaSparkContext spark,
      Settings settings,
      Corpus corpus,
      TrainingObserver observer,
      LongFunction<List<MetricsSink>> sinks) {
    StrategySettings strategy = settings.training().strategy();
    if (strategy.isInRounds()) {
      strategy.requireFor(spark.master());
      RoundTraining rounds =
          new RoundTraining(
              spec(spark, settings, corpus),
              strategy,
              slots.workers(),
              new SerializableConfiguration(spark.hadoopConfiguration()));
      try (CompositeSink metrics = open(spark, settings, observer, sinks)) {
        return rounds.run(metrics, observer::progress);
      }
    }
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    String title = "training %s, attempt %d".formatted(settings.run().name(), number);
    String group = spark.getLocalProperty(JOB_GROUP);
    try (StallWatch watch =
            StallWatch.start(
                settings.training().tolerance().recovery().stallTimeout(),
                () -> spark.cancelJobGroup(group));
        CompositeSink metrics = open(spark, settings, observer, sinks);
        MetricsReceiver receiver =
            new MetricsReceiver(
                metrics,
                metrics.sinks().get(0)::flushed,
                progress -> {
                  watch.progress(progress);
                  observer.progress(progress);
                })) {
      spark.setJobDescription(title);
      // The name of the stage, which would be that of a line of this project's code.
      spark.setCallSite(title);
      WorkerTask work = new WorkerTask(spec(spark, settings, corpus), conf, receiver.name());
      return unlessStalled(
          watch, () -> BarrierStage.run(spark, slots.workers(), work, WorkerResult.class).get(0));
    } finally {
      spark.clearCallSite();
      spark.setJobDescription(null);
      conf.destroy();
    }
  }

  /** Spark reports a cancelled job; why it was cancelled is what the user must know. */
  private static WorkerResult unlessStalled(StallWatch watch, Supplier<WorkerResult> training) {
    try {
      return training.get();
    } catch (RuntimeException cancelled) {
      StalledException stalled = watch.stalled().orElse(null);
      if (stalled == null) {
        throw cancelled;
      }
      stalled.addSuppressed(cancelled);
      throw stalled;
    }
  }

  /** The run directory's lines first, then other sinks, each with its queue. */
  private CompositeSink open(
      JavaSparkContext spark,
      Settings settings,
      TrainingObserver observer,
      LongFunction<List<MetricsSink>> sinks) {
    long step = start.map(Checkpoint::step).orElse(0L);
    RunDirectory run = new RunDirectory(settings.run().dir(), spark.hadoopConfiguration());
    List<MetricsSink> all = new ArrayList<>();
    all.add(new JsonLinesSink(run, number, step));
    if (settings.run().metrics().has(MetricsSettings.Sink.TENSORBOARD)) {
      all.add(new TensorBoardSink(run, number, step, settings.toHocon()));
    }
    if (settings.run().metrics().has(MetricsSettings.Sink.MLFLOW)) {
      all.add(new MlflowSink(Tracking.of(settings), run, number, step));
    }
    all.addAll(sinks.apply(step));
    return CompositeSink.of(all, observer::note);
  }

  private TrainingSpec spec(JavaSparkContext spark, Settings settings, Corpus corpus) {
    TrainingSettings training = settings.training();
    ModelConfig model = CorpusUse.modelFor(corpus, settings);
    long steps = training.steps(model.context());
    RunDirectory run = new RunDirectory(settings.run().dir(), spark.hadoopConfiguration());

    return new TrainingSpec(
        new Source(
            settings.run().name(),
            run.path("").toString(),
            corpus.path(),
            corpus.manifest().number()),
        new AttemptPlan(
            number,
            start.orElse(null),
            start.filter(found -> JsonLinesSink.hasValidation(run, found.step())).isPresent(),
            retention(settings.checkpoint()),
            provenance(spark, settings, corpus)),
        new BatchPlan(
            settings.run().seed(),
            steps,
            training.freshSteps(model.context()),
            skipped,
            training.globalBatch(),
            training.microBatch()),
        new Recipe(
            PhaseSchedule.of(settings, model),
            training.schedule(steps),
            training.adamW(),
            training.optimization().gradientClip(),
            training.tolerance().stability()),
        new Compute(
            training.compute().engine(),
            training.compute().device(),
            slots.threads(),
            training.compute().precision(),
            training.compute().activationCheckpointing()),
        new Cadence(
            training.cadence().logEvery(),
            training.cadence().validationEvery(),
            training.cadence().validationSequences(),
            settings.checkpoint().every(),
            settings.run().metrics().inspection()),
        training.exchange());
  }

  private Retention retention(CheckpointSettings checkpoint) {
    Retention retention = new Retention(checkpoint.keep(), checkpoint.keepEvery(), damaged);
    return start
        .filter(found -> found.state().skips().inRow() > 0)
        .map(found -> retention.notCounting(found.name()))
        .orElse(retention);
  }

  private Provenance provenance(JavaSparkContext spark, Settings settings, Corpus corpus) {
    Engine engine = Engines.named(settings.training().compute().engine());
    return new Provenance(
        settings.toHocon(),
        corpus.manifest().fingerprint(),
        slots.workers(),
        JarVersion.number(),
        engine.name() + " " + engine.version(),
        spark.version(),
        Runtime.version().toString());
  }
}
