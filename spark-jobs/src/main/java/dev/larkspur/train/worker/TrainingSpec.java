package dev.larkspur.train.worker;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.Provenance;
import dev.larkspur.run.Retention;
import dev.larkspur.run.SkippedBatches;
import dev.larkspur.settings.DeviceChoice;
import dev.larkspur.settings.ExchangeSettings;
import dev.larkspur.settings.TrainingSettings.Stability;
import java.io.Serializable;
import java.util.List;

/**
 * All that a worker must know, the same for every worker.
 *
 * @param runDir the run's directory
 * @param corpus the corpus's directory
 * @param manifest number of the corpus's manifest that the run holds to
 * @param phases the model, and how it is guided at first
 * @param seed of parameters and of the order of the blocks
 * @param steps updates of the whole run
 * @param freshSteps updates behind which tokens are repeated
 * @param attempt number of this attempt at training the run
 * @param start checkpoint to go on from; null to begin
 * @param passedOver batches to leave out
 * @param globalBatch sequences of one update, all workers together
 * @param microBatch sequences of one pass of one worker
 * @param schedule learning rates
 * @param optimizer its settings
 * @param gradientClip largest norm of a gradient
 * @param engine name of the engine
 * @param device what to compute on
 * @param threads that a worker may use on a CPU
 * @param precision the arithmetic
 * @param validationEvery steps between validations
 * @param validationSequences blocks of a validation, at the most
 * @param logEvery steps of one line of metrics
 * @param checkpointEvery steps between checkpoints
 * @param retention checkpoints that stay
 * @param stability which updates are left out
 * @param exchange how workers meet and exchange gradients
 * @param provenance what checkpoints say of their origin
 */
public record TrainingSpec(
    String runDir,
    String corpus,
    int manifest,
    PhaseSchedule phases,
    long seed,
    long steps,
    long freshSteps,
    int attempt,
    Checkpoint start,
    List<SkippedBatches> passedOver,
    int globalBatch,
    int microBatch,
    LearningRateSchedule schedule,
    Optimizer optimizer,
    double gradientClip,
    String engine,
    DeviceChoice device,
    int threads,
    Precision precision,
    int validationEvery,
    int validationSequences,
    int logEvery,
    int checkpointEvery,
    Retention retention,
    Stability stability,
    ExchangeSettings exchange,
    Provenance provenance)
    implements Serializable {

  public TrainingSpec {
    passedOver = List.copyOf(passedOver);
  }

  /** Shape of the model, without guides. */
  ModelConfig model() {
    return phases.model();
  }

  /** Updates done before this attempt. */
  long startStep() {
    return start == null ? 0 : start.step();
  }

  /** Tokens of one update. */
  long tokensPerStep() {
    return (long) globalBatch * phases.model().context();
  }
}
