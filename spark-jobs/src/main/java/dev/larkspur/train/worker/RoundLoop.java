package dev.larkspur.train.worker;

import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Replica;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.ReplicaMetrics;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.run.TrainingState;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.RoundTrainer.RoundResult;
import dev.larkspur.strategy.TrainingStrategy;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.MetricsWindow.StepClock;
import dev.larkspur.train.worker.StopSignals.StopPolls;
import dev.larkspur.train.worker.TrainingReporter.Outlet;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.util.Map;
import java.util.Optional;

/**
 * Rounds of a library's training. After each round: lines of metrics, a validation, a checkpoint.
 * The model of the phase only receives the result of a round, to be measured and saved.
 */
final class RoundLoop implements AutoCloseable {
  private final RoundTraining training;
  private final TrainingSpec spec;
  private final TrainingPhase phase;
  private final TokenStream tokens;
  private final Outlet outlet;
  private final UpdateGuard guard;
  private final TrainingReporter reporter;
  private final RoundWatchdog watchdog;
  private final StopSignals stopSignals;
  private final StepClock clock = new StepClock(System::nanoTime);
  private RoundTrainer trainer;
  private RunEnding ending = RunEnding.COMPLETED;

  /**
   * @param phase the model, a separate replica
   * @param tokens tokens with the validation split
   */
  RoundLoop(RoundTraining training, TrainingPhase phase, TokenStream tokens, Outlet outlet) {
    this.training = training;
    this.spec = training.spec();
    this.phase = phase;
    this.tokens = tokens;
    this.outlet = outlet;
    BatchOrder order = new BatchOrder(spec.batches().skipped(), spec.batches().freshSteps());
    this.guard = new UpdateGuard(spec.recipe().stability(), order);
    this.reporter = new TrainingReporter(spec, guard, outlet);
    this.watchdog =
        new RoundWatchdog(training.settings().rounds(), training.settings().found().name());
    this.stopSignals = StopSignals.of(phase.run(), 0);
  }

  WorkerResult run() {
    long step = spec.startStep();
    reporter.activity(Activity.STARTING, step);
    restoreOrInitialize();
    if (spec.missesValidation()) {
      validate(step);
    }
    if (step < spec.steps() && ending == RunEnding.COMPLETED) {
      start();
    }
    while (step < spec.steps() && ending == RunEnding.COMPLETED) {
      reporter.activity(Activity.TRAINING, step);
      int steps = (int) Math.min(training.settings().rounds().roundSteps(), spec.steps() - step);
      clock.lap();
      Optional<RoundResult> result =
          watchdog.train(trainer, step, steps, () -> stopSignals.evicted() > 0);
      if (result.isEmpty()) {
        // The checkpoint of the previous round is the newest possible one.
        ending = RunEnding.EVICTED;
      } else {
        step += steps;
        take(step, steps, result.get());
        afterRound(step, steps);
      }
    }
    if (ending == RunEnding.COMPLETED && !reporter.hasValidated()) {
      // Resumed after the last step, but before its validation.
      validate(step);
    }
    return reporter.result(ending, step, "cpu");
  }

  private void restoreOrInitialize() {
    if (spec.attempt().start() == null) {
      phase.replica().initialize(spec.batches().seed());
    } else {
      guard.restore(spec.attempt().start().state());
      phase.load(spec.recipe().phases(), spec.attempt().start());
    }
  }

  private void start() {
    TrainingStrategy strategy = training.settings().found();
    try {
      trainer = strategy.start(training.plan(), training.tokens(), phase.replica());
    } catch (EngineException e) {
      throw new TrainingException(
          "training.strategy = %s cannot begin: %s".formatted(strategy.name(), e.getMessage()), e);
    }
  }

  /** Measures the result of a round, and accepts or refuses it. */
  private void take(long done, int steps, RoundResult result) {
    Replica replica = phase.replica();
    double seconds = clock.lap();
    double change = RoundWatchdog.distance(trainer.parameters(), replica.parameters());
    for (int i = 0; i < steps; i++) {
      reporter.window().add(result.loss(), new PhaseSeconds(0, seconds / steps, 0, 0, 0));
    }
    // The gradients stay in the library.
    reporter.logSteps(done, new GradientMetrics(Double.NaN, Map.of()));
    outlet.metrics().log(done, new ReplicaMetrics(done, result.distance(), change));
    watchdog.check(done, change, result);
    replica.parameters().copy(trainer.parameters());
    trainer
        .optimizerState()
        .forEach((name, from) -> replica.optimizerState().vector(name).copy(from));
    if (!phase.isFinite()) {
      throw new TrainingException(
          "after step %,d AdamW's moments are not finite: the training has diverged. Lower training.learning-rate and start again; it resumes from the checkpoint before"
              .formatted(done));
    }
  }

  private void afterRound(long done, int steps) {
    if (isValidated(done, steps)) {
      validate(done);
    }
    reporter.activity(Activity.WRITING_CHECKPOINT, done);
    phase.checkpointing().begin(state(done), reporter::flush);
    phase.checkpointing().finish();
    reporter.window().addCheckpoint(clock.lap());
    if (done < spec.steps() && ending == RunEnding.COMPLETED) {
      ending = StopPolls.of(stopSignals.stop(), stopSignals.evicted());
    }
  }

  /** Whether a validation was due after any step of the round. */
  private boolean isValidated(long done, int steps) {
    int every = spec.cadence().validate();
    return done == spec.steps() || done / every > (done - steps) / every;
  }

  private void validate(long done) {
    reporter.activity(Activity.VALIDATING, done);
    SingleWorker alone = new SingleWorker();
    ending =
        new Validation(spec, alone, tokens, new StopPolls(stopSignals, alone))
            .run(
                phase.replica(),
                () -> reporter.activity(Activity.VALIDATING, done),
                loss -> reporter.logValidation(done, loss, clock.lap()));
  }

  private TrainingState state(long done) {
    return new TrainingState(
        done,
        done * spec.tokensPerStep(),
        spec.batches().seed(),
        reporter.trainingLoss(),
        guard.skips(spec.batches().skipped()),
        Map.of(),
        spec.attempt().provenance());
  }

  @Override
  public void close() {
    try {
      if (trainer != null) {
        trainer.close();
      }
    } finally {
      stopSignals.close();
    }
  }
}
