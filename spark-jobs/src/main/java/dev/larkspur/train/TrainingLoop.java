package dev.larkspur.train;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.metrics.MetricsLog;
import dev.larkspur.metrics.PhaseSeconds;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.RunDirectory;
import dev.larkspur.store.TrainingState;
import java.util.function.Consumer;

/**
 * One worker's training. Every rank runs the same loop over its own part of each global batch, and
 * decides from all-reduced numbers, so that all decide alike; rank 0 also writes and reports.
 */
final class TrainingLoop {
  private final TrainingSpec spec;
  private final String device;
  private final Collective peers;
  private final Replica replica;
  private final GradientExchange exchange;
  private final TokenStream tokens;
  private final CheckpointStore checkpoints;
  private final MetricsLog metrics;
  private final Consumer<Progress> progress;
  private final TokenBatch batch;
  private final Interval interval = new Interval();
  private final Stopwatch watch = new Stopwatch(System::nanoTime);

  private PhaseSeconds total = PhaseSeconds.NONE;
  private StepMetrics training;
  private ValidationMetrics validation;
  private double gradientNorm;

  TrainingLoop(
      TrainingSpec spec,
      String device,
      Collective peers,
      Replica replica,
      TokenStream tokens,
      RunDirectory run,
      Consumer<Progress> progress) {
    this.spec = spec;
    this.device = device;
    this.peers = peers;
    this.replica = replica;
    this.exchange =
        new BucketedExchange(
            peers, replica.gradient(), spec.exchange().wire(), spec.exchange().bucketBytes());
    this.tokens = tokens;
    this.checkpoints = new CheckpointStore(run);
    this.metrics = writes() ? new MetricsLog(run, spec.startStep()) : null;
    this.progress = progress;
    this.batch = tokens.batch(spec.microBatch());
  }

  WorkerResult run() {
    report(Activity.STARTING, spec.startStep());
    restoreOrInitialize();
    for (long step = spec.startStep(); step < spec.steps(); step++) {
      report(Activity.TRAINING, step);
      trainOn(step);
      long done = step + 1;
      boolean last = done == spec.steps();
      if (last || done % spec.logEvery() == 0) {
        log(done);
      }
      if (last || done % spec.validationEvery() == 0) {
        report(Activity.VALIDATING, done);
        validate(done);
      }
      if (last || done % spec.checkpointEvery() == 0) {
        report(Activity.WRITING_CHECKPOINT, done);
        checkpoint(done);
      }
    }
    if (validation == null) {
      validate(spec.steps());
    }
    report(Activity.TRAINING, spec.steps());
    long checksum = ParameterChecksum.agreed(replica.parameters(), peers, spec.steps());
    long trained = (spec.steps() - spec.startStep()) * spec.tokensPerStep();
    return new WorkerResult(device, training, validation, trained, total, checksum);
  }

  private void restoreOrInitialize() {
    if (spec.startStep() > 0) {
      Checkpoint checkpoint = checkpoints.newest().orElseThrow();
      if (checkpoint.step() != spec.startStep()) {
        throw new TrainingException(
            "another training writes to %s at the same time: its newest checkpoint went from step %d to %d. Stop one of them"
                .formatted(spec.runDir(), spec.startStep(), checkpoint.step()));
      }
      checkpoints.load(checkpoint, replica);
      return;
    }
    if (peers.rank() == 0) {
      replica.initialize(spec.seed());
    }
    // A decomposition may end in other bits on another machine; only one rank's count.
    peers.broadcast(replica.parameters(), 0);
  }

  /** One update: this rank's sequences of the global batch, the sum over all ranks, clip, AdamW. */
  private void trainOn(long step) {
    int share = spec.globalBatch() / peers.worldSize();
    long first = step * spec.globalBatch() + (long) peers.rank() * share;
    double data = 0;
    double compute = 0;
    watch.lap();

    replica.clearGradient();
    double[] loss = new double[1];
    for (int done = 0; done < share; done += spec.microBatch()) {
      tokens.training(first + done, batch);
      data += watch.lap();
      boolean last = done + spec.microBatch() == share;
      loss[0] +=
          replica.accumulate(
              batch, 1.0 / spec.tokensPerStep(), last ? exchange::complete : offset -> {});
      compute += watch.lap();
    }
    exchange.finish();
    peers.allReduceSum(loss);
    double exchange = watch.lap();

    gradientNorm = replica.gradientNorm();
    requireFinite(loss[0], step);
    double scale = Math.min(1, spec.gradientClip() / gradientNorm);
    replica.update(spec.adamW(), spec.schedule().at(step), step + 1, scale);
    if (spec.exchange().shardOptimizer()) {
      peers.allGather(replica.parameters());
    }
    double optimizer = watch.lap();

    interval.add(
        loss[0] / spec.tokensPerStep(), new PhaseSeconds(data, compute, exchange, optimizer));
  }

  private void requireFinite(double loss, long step) {
    if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
      throw new TrainingException(
          "step %d has loss %s and gradient norm %s: the training has diverged. "
                  .formatted(step + 1, loss / spec.tokensPerStep(), gradientNorm)
              + "Lower training.learning-rate or raise training.warmup-fraction");
    }
  }

  private void log(long done) {
    training =
        new StepMetrics(
            done,
            done * spec.tokensPerStep(),
            interval.meanLoss(),
            spec.schedule().at(done - 1),
            gradientNorm,
            interval.steps() * spec.tokensPerStep() / interval.seconds().total(),
            interval.seconds());
    total = total.plus(interval.seconds());
    interval.clear();
    write(training);
  }

  private void validate(long done) {
    watch.lap();
    long blocks = Math.min(spec.validationSequences(), tokens.validationBlocks());
    long from = blocks * peers.rank() / peers.worldSize();
    long to = blocks * (peers.rank() + 1) / peers.worldSize();
    double[] sum = {ValidationLoss.sum(replica, tokens, from, to, spec.microBatch())};
    peers.allReduceSum(sum);
    double loss = sum[0] / (blocks * spec.model().context());
    validation =
        new ValidationMetrics(done, done * spec.tokensPerStep(), loss, Math.exp(loss), watch.lap());
    write(validation);
  }

  private void checkpoint(long done) {
    ParameterChecksum.agreed(replica.parameters(), peers, done);
    WholeMoments moments = new WholeMoments(replica, peers);
    if (writes()) {
      metrics.close(done);
      double loss = training == null ? Double.NaN : training.loss();
      checkpoints.save(
          new TrainingState(
              done, done * spec.tokensPerStep(), spec.seed(), loss, spec.provenance()),
          replica,
          moments::first,
          moments::second);
      checkpoints.keepNewest(spec.checkpointsKept());
    } else {
      moments.first();
      moments.second();
    }
  }

  private void write(Record line) {
    if (writes()) {
      metrics.add(line);
    }
  }

  private boolean writes() {
    return peers.rank() == 0;
  }

  private void report(Activity activity, long done) {
    progress.accept(
        new Progress(
            activity,
            done,
            spec.steps(),
            spec.startStep(),
            total.plus(interval.seconds()).total(),
            training,
            validation));
  }
}
