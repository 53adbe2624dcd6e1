package dev.larkspur.costmodel;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.train.driver.CorpusUse;
import dev.larkspur.train.driver.TrainingFlops;
import java.util.Optional;

/**
 * The size and the cost of a training.
 *
 * @param parameters of the model; a tied embedding counts once
 * @param ffnParameters weights of the feed-forward networks, without their biases
 * @param length steps and tokens
 * @param trainingFlops as the paper's tables count them; with guides that are drawn at random, the
 *     expected value
 * @param memory of one worker; for a self-guided training, of its guided steps
 * @param checkpointBytes of one checkpoint (of a guided step, if there are any): parameters and
 *     both moments, and the residual of each worker of a compressed exchange; 32-bit floats
 * @param epochs passes over the corpus; null if the corpus does not exist yet
 */
public record TrainingPlan(
    long parameters,
    long ffnParameters,
    @JsonUnwrapped Length length,
    double trainingFlops,
    WorkerMemory memory,
    long checkpointBytes,
    Double epochs) {
  private static final int SAVED_VECTORS = 3;

  /**
   * Length of a training.
   *
   * @param steps of the training
   * @param tokens of the training, in full steps
   * @param guidedSteps the first of them, which use dense guides
   * @param repeatedSteps the last of them, which repeat the tokens of guided steps
   */
  public record Length(long steps, long tokens, long guidedSteps, long repeatedSteps) {}

  /**
   * Computes the plan.
   *
   * @param corpus to train on; empty if it does not exist yet
   */
  public static TrainingPlan of(
      ModelConfig model, TrainingSettings training, Optional<CorpusManifest> corpus) {
    ModelSize size = ModelSize.of(model);
    long steps = training.steps(model.context());
    long fresh = training.freshSteps(model.context());
    SelfGuidance guidance = training.guidance(model.context(), 0);
    ModelConfig trained = guidance.guides(0) ? model.guided() : model;
    long tokens =
        Math.multiplyExact(
            steps, Math.multiplyExact((long) training.globalBatch(), model.context()));
    WorkerMemory memory =
        WorkerMemory.of(
                trained,
                training.microBatch(),
                training.compute().precision(),
                optimizerShards(training))
            .with(
                training.compute().activationCheckpointing(),
                trained,
                (long) training.microBatch() * trained.context());
    return new TrainingPlan(
        size.parameters(),
        size.ffnParameters(),
        new Length(steps, tokens, guidance.steps(), steps - fresh),
        TrainingFlops.of(training, model, steps),
        training.exchange().compresses() ? memory.withResidual() : memory,
        (long) (SAVED_VECTORS + residuals(training))
            * Float.BYTES
            * ParameterTable.of(trained).length(),
        corpus.map(found -> CorpusUse.of(training, found).epochs()).orElse(null));
  }

  /** Residuals of a compressed exchange, one for each worker; at least one. */
  private static int residuals(TrainingSettings training) {
    return training.exchange().compresses() ? training.workers().orElse(1) : 0;
  }

  /** If the cluster decides on the number of workers, at least one. */
  private static int optimizerShards(TrainingSettings training) {
    return training.exchange().shardOptimizer() ? training.workers().orElse(1) : 1;
  }
}
