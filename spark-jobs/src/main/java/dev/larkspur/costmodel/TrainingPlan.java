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
 * What a training will take.
 *
 * @param parameters of the model; a tied embedding once
 * @param ffnParameters weights of the feed-forward networks, without their biases
 * @param length steps and tokens
 * @param trainingFlops as the papers' tables count them; of guides that are drawn, the expectation
 * @param memory of one worker; of a guided training, while it is guided
 * @param checkpointBytes of one checkpoint, of a guided training while it is guided: parameters and
 *     both moments, 32-bit floats
 * @param epochs how often each block of the corpus is trained on; null if it is not there yet
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
   * How long a training is.
   *
   * @param steps of the training
   * @param tokens of the training, whole steps
   * @param guidedSteps of them, the first ones, that dense guides help in
   * @param repeatedSteps of them, the last ones, that repeat the tokens of guided ones
   */
  public record Length(long steps, long tokens, long guidedSteps, long repeatedSteps) {}

  /**
   * Counts.
   *
   * @param corpus that is trained on, if it is there
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
    return new TrainingPlan(
        size.parameters(),
        size.ffnParameters(),
        new Length(steps, tokens, guidance.steps(), steps - fresh),
        TrainingFlops.of(training, model, steps),
        WorkerMemory.of(
            trained,
            training.microBatch(),
            training.compute().precision(),
            optimizerShards(training)),
        SAVED_VECTORS * Float.BYTES * ParameterTable.of(trained).length(),
        corpus.map(found -> CorpusUse.of(training, found).epochs()).orElse(null));
  }

  /** With the number of workers left to the cluster, the least is one. */
  private static int optimizerShards(TrainingSettings training) {
    return training.exchange().shardOptimizer() ? training.workers().orElse(1) : 1;
  }
}
