package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.monitoring.WorkerMetrics;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.MetricsWindow.StepClock;
import dev.larkspur.train.worker.StopSignals.StopPolls;
import dev.larkspur.train.worker.TrainingPhase.Allocation;
import dev.larkspur.train.worker.TrainingSpec.Cadence;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.util.List;

/**
 * One worker's training. A step: forward and backward over this rank's share of the global batch,
 * the sum of gradients over all ranks, the clip, the update. After it: a line of metrics, a
 * validation, a checkpoint, each when it is due. Every rank runs this loop and decides from
 * all-reduced numbers, so that all ranks decide the same; only rank 0 reports.
 */
final class TrainingLoop implements AutoCloseable {
  /** The first steps of an attempt are shown one by one, regardless of the log interval. */
  private static final int STEPS_SHOWN = 3;

  private final TrainingSpec spec;
  private final Worker worker;
  private final Collective peers;
  private final Allocation allocation;
  private final TokenStream tokens;
  private final TokenBatch microBatch;
  private final BatchOrder order;
  private final RunDirectory run;
  private final UpdateGuard guard;
  private final TrainingReporter reporter;
  private final ParameterStatistics statistics;
  private final StopSignals stopSignals;
  private final StopPolls stopPolls;
  private final StepClock clock = new StepClock(System::nanoTime);

  private TrainingPhase phase;
  private double gradientNorm;
  private RunEnding ending = RunEnding.COMPLETED;
  private boolean checkpointDue;
  private long lastCheckpoint;

  /**
   * This worker among its peers.
   *
   * @param device name of what it computes on
   * @param hosts where each rank is
   */
  record Worker(String device, Collective peers, List<String> hosts) {}

  /**
   * @param allocation creates the models and the vectors of their exchange
   * @param outlet where rank 0 reports
   */
  TrainingLoop(
      TrainingSpec spec,
      Worker worker,
      Allocation allocation,
      TokenStream tokens,
      RunDirectory run,
      TrainingReporter.Outlet outlet) {
    this.spec = spec;
    this.worker = worker;
    this.peers = worker.peers();
    this.allocation = allocation;
    this.tokens = tokens;
    this.microBatch = tokens.batch(spec.batches().microBatch());
    this.order = new BatchOrder(spec.batches().skipped(), spec.batches().freshSteps());
    this.run = run;
    this.guard = new UpdateGuard(spec.recipe().stability(), order);
    this.reporter = new TrainingReporter(spec, guard, outlet);
    this.statistics = ParameterStatistics.of(spec, peers.rank(), outlet.metrics());
    this.phase = TrainingPhase.of(allocation, spec.startStep(), spec, peers, run);
    // Last, because nobody would close it if there is no memory for the model.
    this.stopSignals = StopSignals.of(run, peers.rank());
    this.stopPolls = new StopPolls(stopSignals, peers);
    this.lastCheckpoint = spec.startStep();
  }

  WorkerResult run() {
    long step = spec.startStep();
    reporter.activity(Activity.STARTING, step);
    restoreOrInitialize();
    if (spec.missesValidation()) {
      reporter.activity(Activity.VALIDATING, step);
      validate(step);
    }
    while (step < spec.steps() && ending == RunEnding.COMPLETED) {
      reporter.activity(Activity.TRAINING, step);
      if (trainStep(step)) {
        step++;
        afterStep(step);
      } else {
        checkpointBeforeLeaving(step);
      }
    }
    if (ending == RunEnding.COMPLETED && !reporter.hasValidated()) {
      // Resumed after the last step; the summary needs its loss.
      validate(step);
    }
    requireFiniteEnd(step);

    reporter.activity(Activity.WRITING_CHECKPOINT, step);
    phase.checkpointing().finish();
    reporter.activity(Activity.TRAINING, step);
    return reporter.result(ending, step, worker.device());
  }

  private void restoreOrInitialize() {
    Checkpoint start = spec.attempt().start();
    if (start != null) {
      guard.restore(start.state());
      phase.load(spec.recipe().phases(), start);
      requireFiniteStart(start);
      return;
    }
    if (peers.rank() == 0) {
      phase.replica().initialize(spec.batches().seed());
    }
    // A decomposition may round differently on another machine, so all take rank 0's result.
    peers.broadcast(phase.replica().parameters(), 0);
  }

  /**
   * One update.
   *
   * @param step updates done before it
   * @return false if the step was abandoned because the training is to end
   */
  private boolean trainStep(long step) {
    Replica replica = phase.replica();
    clock.begin();
    replica.guide(spec.recipe().phases().guidance().weights(step, spec.model().layers()));
    replica.clearGradient();

    // Forward and backward over this rank's share; the last micro-batch starts the exchange.
    int share = spec.batches().globalBatch() / peers.worldSize();
    int perPass = spec.batches().microBatch();
    long first = order.batch(step) * spec.batches().globalBatch() + (long) peers.rank() * share;
    double lossSum = 0;
    for (int done = 0; done < share; done += perPass) {
      ending = stopPolls.before(done / perPass);
      if (ending != RunEnding.COMPLETED) {
        return false;
      }
      tokens.training(first + done, microBatch);
      clock.data();
      boolean last = done + perPass == share;
      lossSum +=
          replica.accumulate(
              microBatch, 1.0 / spec.tokensPerStep(), last ? phase.exchange() : offset -> {});
      clock.compute();
      if (step == spec.startStep() && !last) {
        reporter.insideStep(step, clock.computed(), (double) (done + perPass) / share);
      }
    }

    // The gradient becomes the sum over all ranks, and so do loss and norm.
    phase.exchange().finish();
    clock.exchange();
    double partialNorm = replica.gradientNorm(phase.ownPart());
    clock.optimizer();
    double loss = sumOverRanks(lossSum, partialNorm, clock.computed()) / spec.tokensPerStep();
    clock.exchange();

    // Clip and update, unless loss or gradient are out of bounds.
    boolean accepted = guard.accepts(step, loss, gradientNorm);
    if (accepted) {
      double scale = Math.min(1, spec.recipe().gradientClip() / gradientNorm);
      double learningRate = spec.recipe().schedule().at(step);
      statistics.beforeUpdate(step + 1, replica);
      replica.update(learningRate, step + 1, scale);
      if (spec.exchange().shardOptimizer()) {
        peers.allGather(replica.parameters());
      }
      statistics.afterUpdate(step + 1, replica);
    }
    clock.optimizer();
    WorkerMetrics.ofProcess().step(clock.seconds());
    if (accepted) {
      reporter.window().add(loss, clock.seconds());
    } else {
      reporter.window().addSkipped(clock.seconds());
    }
    return true;
  }

  /**
   * Sums the loss over all ranks, and with it the other values that they must agree on: the
   * gradient's norm, written checkpoints, stop requests, and the duration of the step.
   *
   * @return summed loss
   */
  private double sumOverRanks(double loss, double partialNorm, double seconds) {
    double[] sums = {
      loss,
      phase.checkpointing().written(),
      stopSignals.stop(),
      stopSignals.evicted(),
      partialNorm * partialNorm,
      seconds
    };
    peers.allReduceSum(sums);
    gradientNorm = Math.sqrt(sums[4]);
    phase.checkpointing().poll(sums[1]);
    int microBatches =
        spec.batches().globalBatch() / peers.worldSize() / spec.batches().microBatch();
    stopPolls.took(sums[5], microBatches);
    ending = StopPolls.of(sums[2], sums[3]);
    return sums[0];
  }

  private GradientMetrics gradient() {
    return new GradientMetrics(gradientNorm, phase.exchange().scalars());
  }

  /**
   * Logs, validates and writes a checkpoint, each when it is due.
   *
   * @param done updates
   */
  private void afterStep(long done) {
    Cadence cadence = spec.cadence();
    boolean last = done == spec.steps() || ending != RunEnding.COMPLETED;
    boolean dropsGuides = !last && spec.recipe().phases().endsGuidance(done);
    checkpointDue |= done % cadence.checkpoint() == 0;
    // While updates are skipped, the parameters may be useless.
    boolean checkpoints = last || dropsGuides || (checkpointDue && guard.skippedInRow() == 0);

    // A line never spans a checkpoint: a resumed run would not know the steps before it.
    if (checkpoints || done % cadence.log() == 0) {
      reporter.logSteps(done, gradient());
    } else if (done - spec.startStep() <= STEPS_SHOWN) {
      reporter.showSteps(done, gradient());
    }

    if (spec.validatesAfter(done) && ending == RunEnding.COMPLETED) {
      reporter.activity(Activity.VALIDATING, done);
      validate(done);
      if (checkpoints
          && ending == RunEnding.COMPLETED
          && !Double.isFinite(reporter.validationLoss())) {
        throw guard.unusable(done, "the validation loss is " + reporter.validationLoss());
      }
    }

    if (checkpoints) {
      checkpoint(done);
    }
    if (dropsGuides) {
      dropGuides(done);
    }
    if (!checkpoints && ending != RunEnding.COMPLETED) {
      checkpointBeforeLeaving(done);
    }
  }

  private void validate(long done) {
    clock.lap();
    spec.recipe().phases().guide(done, phase.replica());
    ending =
        new Validation(spec, peers, tokens, stopPolls)
            .run(
                phase.replica(),
                () -> reporter.activity(Activity.VALIDATING, done),
                loss -> reporter.logValidation(done, loss, clock.lap()));
  }

  /** Copies the vectors; files are written while training continues. */
  private void checkpoint(long done) {
    reporter.activity(Activity.WRITING_CHECKPOINT, done);
    clock.lap();
    if (!phase.isFinite()) {
      throw guard.unusable(
          done, "parameters, AdamW's moments or the residual of the exchange are not finite");
    }
    checkpointDue = false;
    lastCheckpoint = done;
    ParameterChecksum.agreed(phase.replica().parameters(), peers, done, worker.hosts());
    phase.checkpointing().begin(state(done), reporter::flush);
    double seconds = clock.lap();
    reporter.window().addCheckpoint(seconds);
    WorkerMetrics.ofProcess().checkpoint(seconds);
  }

  private TrainingState state(long done) {
    return new TrainingState(
        done,
        done * spec.tokensPerStep(),
        spec.batches().seed(),
        reporter.trainingLoss(),
        guard.skips(spec.batches().skipped()),
        phase.exchange().scalars(),
        spec.attempt().provenance());
  }

  /** Keeps the last complete step of a training that is to end inside a step or a validation. */
  private void checkpointBeforeLeaving(long done) {
    if (done > lastCheckpoint) {
      if (reporter.window().steps() > 0) {
        reporter.logSteps(done, gradient());
      }
      checkpoint(done);
    }
  }

  /**
   * Continues without guides, from the checkpoint that was just written: as if resumed there, and
   * without two models in memory at the same time.
   */
  private void dropGuides(long done) {
    clock.lap();
    phase.checkpointing().finish();
    // Rank 0 has committed the checkpoint; the others read it too.
    peers.barrier();
    phase.close();
    phase = TrainingPhase.of(allocation, done, spec, peers, run);
    phase.load(spec.recipe().phases(), new CheckpointStore(run).at(done).orElseThrow());
    reporter.window().addCheckpoint(clock.lap());
  }

  private void requireFiniteStart(Checkpoint start) {
    if (phase.isFinite()) {
      return;
    }
    throw new TrainingException(
        start.step() == 0
            ? "the parameters it began with are not finite: %s holds NaN or infinite values. Import a model without them into another run.dir"
                .formatted(run.path(start.name().directory()))
            : "the parameters it resumed from are not finite: %s holds NaN or infinite values. Delete this directory, so that the run resumes from an older checkpoint, and lower training.learning-rate; or use another run.dir"
                .formatted(run.path(start.name().directory())));
  }

  private void requireFiniteEnd(long done) {
    if (ending == RunEnding.COMPLETED && !Double.isFinite(reporter.validationLoss())) {
      throw new TrainingException(
          "the validation loss of %s is %s after its last step %d: the training has diverged. Train again in another run.dir with a lower training.learning-rate"
              .formatted(run.path(""), reporter.validationLoss(), done));
    }
  }

  @Override
  public void close() {
    try {
      phase.close();
    } finally {
      stopSignals.close();
    }
  }
}
