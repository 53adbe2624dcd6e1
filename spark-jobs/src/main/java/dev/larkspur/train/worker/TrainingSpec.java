package dev.larkspur.train.worker;

import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.SkippedBatches;
import dev.larkspur.settings.ExchangeSettings;
import dev.larkspur.settings.MetricsSettings.Inspection;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.settings.TrainingSettings.Stability;
import java.io.Serializable;
import java.util.List;

/**
 * All that a worker must know, the same for every worker.
 *
 * @param source where the run and its corpus are
 * @param attempt this attempt at training the run
 * @param batches which sequences each step trains on
 * @param recipe the model, and how a step updates it
 * @param compute what a worker computes with
 * @param cadence how often the training logs, validates and writes checkpoints
 * @param exchange how workers meet and exchange gradients
 */
public record TrainingSpec(
    Source source,
    AttemptPlan attempt,
    BatchPlan batches,
    Recipe recipe,
    Compute compute,
    Cadence cadence,
    ExchangeSettings exchange)
    implements Serializable {

  /** The same training with another exchange. */
  TrainingSpec with(ExchangeSettings given) {
    return new TrainingSpec(source, attempt, batches, recipe, compute, cadence, given);
  }

  /** Shape of the model, without guides. */
  ModelConfig model() {
    return recipe.phases().model();
  }

  /** Updates of the complete run. */
  long steps() {
    return batches.steps();
  }

  /** Updates done before this attempt. */
  long startStep() {
    return attempt.start() == null ? 0 : attempt.start().step();
  }

  /**
   * Whether a validation is due.
   *
   * @param done updates
   */
  boolean validatesAfter(long done) {
    return done == steps() || done % cadence.validate() == 0;
  }

  /** Whether the previous attempt was stopped in the validation of the checkpoint that it wrote. */
  boolean missesValidation() {
    return startStep() > 0 && validatesAfter(startStep()) && !attempt.validated();
  }

  /** Tokens of one update. */
  long tokensPerStep() {
    return (long) batches.globalBatch() * model().context();
  }

  /**
   * Where a training reads and writes.
   *
   * @param name the run's
   * @param run the run's directory
   * @param corpus the corpus's directory
   * @param manifest number of the corpus's manifest that the run trains on
   */
  public record Source(String name, String run, String corpus, int manifest)
      implements Serializable {}

  /**
   * One attempt.
   *
   * @param number number of the attempt, from 1
   * @param start checkpoint to resume from; null to start from the beginning
   * @param validated whether the run has logged a validation of that checkpoint
   * @param retention which checkpoints are kept
   * @param provenance origin of the checkpoints
   */
  public record AttemptPlan(
      int number, Checkpoint start, boolean validated, Retention retention, Provenance provenance)
      implements Serializable {}

  /**
   * Which sequences each step trains on.
   *
   * @param seed seed for the order of the blocks and the initial parameters
   * @param steps updates of the whole run
   * @param freshSteps updates after which tokens are repeated
   * @param skipped batches that the run does not train on
   * @param globalBatch sequences of one update, all workers together
   * @param microBatch sequences of one pass of one worker
   */
  public record BatchPlan(
      long seed,
      long steps,
      long freshSteps,
      List<SkippedBatches> skipped,
      int globalBatch,
      int microBatch)
      implements Serializable {

    public BatchPlan {
      skipped = List.copyOf(skipped);
    }
  }

  /**
   * The model, and how a step updates it.
   *
   * @param phases the model, and how it is guided at first
   * @param schedule learning rates
   * @param optimizer its settings
   * @param gradientClip largest norm of a gradient
   * @param stability which updates are skipped
   */
  public record Recipe(
      PhaseSchedule phases,
      LearningRateSchedule schedule,
      Optimizer optimizer,
      double gradientClip,
      Stability stability)
      implements Serializable {}

  /**
   * What a worker computes with.
   *
   * @param engine its name
   * @param device processor
   * @param threads threads that a worker may use on a CPU
   * @param precision the arithmetic
   * @param checkpointing what a forward pass keeps for its backward pass
   */
  public record Compute(
      String engine,
      DeviceChoice device,
      int threads,
      Precision precision,
      ActivationCheckpointing checkpointing)
      implements Serializable {}

  /**
   * How often the training logs, validates and writes checkpoints.
   *
   * @param log steps of one line of metrics
   * @param validate steps between validations
   * @param validationSequences blocks of a validation, at most
   * @param checkpoint steps between checkpoints
   * @param inspection what rank 0 measures of its parameters and its speed
   */
  public record Cadence(
      int log, int validate, int validationSequences, int checkpoint, Inspection inspection)
      implements Serializable {}
}
