package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.MetricsWindow.Stopwatch;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * One worker's training. Every rank runs the same loop over its own part of each global batch, and
 * decides from all-reduced numbers, so that all decide alike; rank 0 also writes and reports.
 */
final class TrainingLoop implements AutoCloseable {
  /** Steps of a training that are shown one by one, whatever is kept of them. */
  private static final int STEPS_SHOWN = 3;

  private final TrainingSpec spec;
  private final String device;
  private final Collective peers;
  private final LongFunction<Replica> replicas;
  private final TokenStream tokens;
  private final RunDirectory run;
  private final List<String> hosts;
  private final StopSignals leaving;
  private final StopPolls polls;
  private final MetricsSink metrics;
  private final Consumer<Progress> progress;
  private final TokenBatch batch;
  private final BatchOrder order;
  private final UpdateGuard guard;
  private final MetricsWindow interval = new MetricsWindow();
  private final Stopwatch watch = new Stopwatch(System::nanoTime);

  private TrainingPhase stage;
  private PhaseSeconds total = PhaseSeconds.NONE;
  private StepMetrics training;
  private ValidationMetrics validation;
  private double gradientNorm;
  private boolean checkpointDue;
  private RunEnding ending = RunEnding.COMPLETED;

  /** Step of the last checkpoint. */
  private long checkpointed;

  TrainingLoop(
      TrainingSpec spec,
      String device,
      Collective peers,
      LongFunction<Replica> replicas,
      TokenStream tokens,
      RunDirectory run,
      List<String> hosts,
      MetricsSink metrics,
      Consumer<Progress> progress) {
    this.spec = spec;
    this.device = device;
    this.peers = peers;
    this.replicas = replicas;
    this.tokens = tokens;
    this.run = run;
    this.hosts = hosts;
    this.metrics = metrics;
    this.progress = progress;
    this.batch = tokens.batch(spec.microBatch());
    this.order = new BatchOrder(spec.passedOver(), spec.freshSteps());
    this.guard = new UpdateGuard(spec.stability(), order);
    this.stage = TrainingPhase.of(replicas.apply(spec.startStep()), spec, peers, run);
    // Last: where there is no memory for the model, nobody would close it.
    this.leaving = StopSignals.of(run, peers.rank());
    this.polls = new StopPolls(leaving, peers);
    this.checkpointed = spec.startStep();
  }

  WorkerResult run() {
    report(Activity.STARTING, spec.startStep());
    restoreOrInitialize();
    long done = spec.startStep();
    while (done < spec.steps() && ending == RunEnding.COMPLETED) {
      report(Activity.TRAINING, done);
      if (trainOn(done)) {
        done++;
        afterStep(done);
      } else {
        leave(done);
      }
    }
    if (validation == null && ending == RunEnding.COMPLETED) {
      validate(done);
      if (ending == RunEnding.COMPLETED) {
        requireUsable(done);
      }
    }
    report(Activity.WRITING_CHECKPOINT, done);
    stage.checkpointing().finish();
    report(Activity.TRAINING, done);
    long trained = (done - spec.startStep()) * spec.tokensPerStep();
    return new WorkerResult(
        ending, done, device, training, validation, trained, total, guard.skipped());
  }

  private void afterStep(long done) {
    boolean last = done == spec.steps() || ending != RunEnding.COMPLETED;
    boolean dropsGuides = !last && spec.phases().endsGuidance(done);
    checkpointDue |= done % spec.checkpointEvery() == 0;
    // While updates are skipped, nobody knows whether the parameters are of use.
    boolean checkpoints = last || dropsGuides || (checkpointDue && guard.skippedInRow() == 0);
    // A line never goes across a checkpoint: a resumed run would not know the steps before it.
    if (checkpoints || done % spec.logEvery() == 0) {
      log(done);
    } else if (done - spec.startStep() <= STEPS_SHOWN) {
      training = line(done);
    }
    boolean validates = done == spec.steps() || done % spec.validationEvery() == 0;
    if (validates && ending == RunEnding.COMPLETED) {
      report(Activity.VALIDATING, done);
      validate(done);
      if (checkpoints
          && ending == RunEnding.COMPLETED
          && !Double.isFinite(validation.validationLoss())) {
        throw guard.unusable(done, "the validation loss is " + validation.validationLoss());
      }
    }
    if (checkpoints) {
      report(Activity.WRITING_CHECKPOINT, done);
      checkpoint(done);
    }
    if (dropsGuides) {
      dropGuides(done);
    }
    if (!checkpoints && ending != RunEnding.COMPLETED) {
      leave(done);
    }
  }

  /** In the middle of a step or of a validation: what counts is the last step that is done. */
  private void leave(long done) {
    if (done > checkpointed) {
      if (interval.steps() > 0) {
        log(done);
      }
      report(Activity.WRITING_CHECKPOINT, done);
      checkpoint(done);
    }
  }

  /**
   * Goes on without guides, from the checkpoint that has just been taken: as if it had been resumed
   * there, and without two models in memory at a time.
   */
  private void dropGuides(long done) {
    watch.lap();
    stage.checkpointing().finish();
    // Rank 0 has made the checkpoint count; the others read it too.
    peers.barrier();
    stage.close();
    stage = TrainingPhase.of(replicas.apply(done), spec, peers, run);
    stage.load(spec.phases(), new CheckpointStore(run).at(done).orElseThrow());
    interval.addCheckpoint(watch.lap());
  }

  /** Of a run that has no step left, and whose end was not measured. */
  private void requireUsable(long done) {
    if (!Double.isFinite(validation.validationLoss())) {
      throw new TrainingException(
          "the validation loss of %s is %s after its last step %d: the training has diverged. Train again in another run.dir with a lower training.learning-rate"
              .formatted(run.path(""), validation.validationLoss(), done));
    }
  }

  private void restoreOrInitialize() {
    if (spec.start() != null) {
      guard.restore(spec.start().state());
      stage.load(spec.phases(), spec.start());
      requireFiniteStart(spec.start());
      return;
    }
    if (peers.rank() == 0) {
      stage.replica().initialize(spec.seed());
    }
    // A decomposition may end in other bits on another machine; only one rank's count.
    peers.broadcast(stage.replica().parameters(), 0);
  }

  private void requireFiniteStart(Checkpoint start) {
    if (stage.isFinite()) {
      return;
    }
    throw new TrainingException(
        start.step() == 0
            ? "the parameters it began with are not finite: %s holds NaN or infinite values. Import a model without them into another run.dir"
                .formatted(run.path(start.name().directory()))
            : "the parameters it resumed from are not finite: %s holds NaN or infinite values. Delete this directory, so that the run resumes from an older checkpoint, and lower training.learning-rate; or use another run.dir"
                .formatted(run.path(start.name().directory())));
  }

  /**
   * One update: this rank's sequences of the global batch, the sum over all ranks, clip, AdamW.
   *
   * @return false if it was given up, because the training is to end
   */
  private boolean trainOn(long step) {
    int share = spec.globalBatch() / peers.worldSize();
    long first = order.batch(step) * spec.globalBatch() + (long) peers.rank() * share;
    double data = 0;
    double compute = 0;
    watch.lap();

    Replica replica = stage.replica();
    replica.guide(spec.phases().guidance().weights(step, spec.model().layers()));
    replica.clearGradient();
    double sum = 0;
    for (int done = 0; done < share; done += spec.microBatch()) {
      // Before the last of them, which the exchange of the gradient begins with.
      ending = polls.before(done / spec.microBatch());
      if (ending != RunEnding.COMPLETED) {
        return false;
      }
      tokens.training(first + done, batch);
      data += watch.lap();
      boolean last = done + spec.microBatch() == share;
      sum +=
          replica.accumulate(
              batch, 1.0 / spec.tokensPerStep(), last ? stage.exchange()::complete : offset -> {});
      compute += watch.lap();
      if (step == spec.startStep() && !last) {
        double part = (double) (done + spec.microBatch()) / share;
        report(Activity.TRAINING, step, data + compute, part);
      }
    }
    stage.exchange().finish();
    double exchangeSeconds = watch.lap();
    double partialNorm = replica.gradientNorm(stage.ownPart());
    double optimizerSeconds = watch.lap();
    double loss = shared(sum, partialNorm, data + compute) / spec.tokensPerStep();
    exchangeSeconds += watch.lap();
    boolean accepted = guard.accepts(step, loss, gradientNorm);
    if (accepted) {
      double scale = Math.min(1, spec.gradientClip() / gradientNorm);
      replica.update(spec.schedule().at(step), step + 1, scale);
      if (spec.exchange().shardOptimizer()) {
        peers.allGather(replica.parameters());
      }
    }
    optimizerSeconds += watch.lap();
    PhaseSeconds seconds = new PhaseSeconds(data, compute, exchangeSeconds, optimizerSeconds, 0);
    if (accepted) {
      interval.add(loss, seconds);
    } else {
      interval.addSkipped(seconds);
    }
    return true;
  }

  /**
   * Sums the loss over all ranks, and along with it what they have to tell each other: also the
   * gradient's norm, so that all decide on it from the same number.
   */
  private double shared(double loss, double partialNorm, double seconds) {
    double[] numbers = {
      loss,
      stage.checkpointing().written(),
      leaving.stop(),
      leaving.evicted(),
      partialNorm * partialNorm,
      seconds
    };
    peers.allReduceSum(numbers);
    gradientNorm = Math.sqrt(numbers[4]);
    stage.checkpointing().poll(numbers[1]);
    polls.took(numbers[5], spec.globalBatch() / peers.worldSize() / spec.microBatch());
    ending = StopPolls.of(numbers[2], numbers[3]);
    return numbers[0];
  }

  private void log(long done) {
    training = line(done);
    total = total.plus(interval.seconds());
    interval.clear();
    metrics.log(done, training);
  }

  /** Of the steps since the line before. */
  private StepMetrics line(long done) {
    return new StepMetrics(
        done,
        done * spec.tokensPerStep(),
        interval.meanLoss(),
        spec.schedule().at(done - 1),
        gradientNorm,
        interval.steps() * spec.tokensPerStep() / interval.seconds().total(),
        interval.seconds());
  }

  private void validate(long done) {
    watch.lap();
    spec.phases().guide(done, stage.replica());
    ending =
        new Validation(spec, peers, tokens, polls)
            .run(stage.replica(), loss -> validated(done, loss));
  }

  private void validated(long done, double loss) {
    validation =
        new ValidationMetrics(done, done * spec.tokensPerStep(), loss, Math.exp(loss), watch.lap());
    if (done > spec.startStep()) {
      // An attempt that has no step left repeats a validation that the run has a line of.
      metrics.log(done, validation);
    }
  }

  private void checkpoint(long done) {
    watch.lap();
    if (!stage.isFinite()) {
      throw guard.unusable(done, "parameters or AdamW's moments are not finite");
    }
    checkpointDue = false;
    ParameterChecksum.agreed(stage.replica().parameters(), peers, done, hosts);
    double loss = training == null ? Double.NaN : training.loss();
    TrainingState state =
        new TrainingState(
            done,
            done * spec.tokensPerStep(),
            spec.seed(),
            loss,
            guard.skipped(),
            guard.skippedInRow(),
            spec.passedOver(),
            guard.recentLosses(),
            spec.provenance());
    checkpointed = done;
    stage.checkpointing().begin(state, metrics::flush);
    interval.addCheckpoint(watch.lap());
  }

  private void report(Activity activity, long done) {
    report(activity, done, total.plus(interval.seconds()).total(), 0);
  }

  private void report(Activity activity, long step, double seconds, double partOfStep) {
    progress.accept(
        new Progress(
            activity,
            step,
            spec.steps(),
            spec.startStep(),
            guard.skipped(),
            seconds,
            training,
            validation,
            partOfStep));
  }

  @Override
  public void close() {
    try {
      stage.close();
    } finally {
      leaving.close();
    }
  }
}
