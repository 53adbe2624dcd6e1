package dev.larkspur.cli;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.settings.TrainingLength;
import dev.larkspur.settings.TrainingSettings;

/**
 * What a training will take.
 *
 * @param parameters of the model; a tied embedding once
 * @param ffnParameters weights of the feed-forward networks, without their biases
 * @param steps of the training
 * @param tokens of the training, whole steps
 * @param trainingFlops as the paper's tables count them
 * @param memory of one worker
 * @param checkpointBytes of one checkpoint: parameters and both moments, 32-bit floats
 */
record TrainingPlan(
    long parameters,
    long ffnParameters,
    long steps,
    long tokens,
    double trainingFlops,
    WorkerMemory memory,
    long checkpointBytes) {
  private static final int SAVED_VECTORS = 3;

  static TrainingPlan of(ModelConfig model, TrainingSettings training) {
    ModelSize size = ModelSize.of(model);
    long steps = training.steps(model.context());
    long tokens =
        Math.multiplyExact(
            steps, Math.multiplyExact((long) training.globalBatch(), model.context()));
    return new TrainingPlan(
        size.parameters(),
        size.ffnParameters(),
        steps,
        tokens,
        size.trainingFlops(countedTokens(training, tokens)),
        WorkerMemory.of(
            model, training.microBatch(), training.precision(), optimizerShards(training)),
        SAVED_VECTORS * Float.BYTES * size.parameters());
  }

  /** With the number of workers left to the cluster, the least is one. */
  private static int optimizerShards(TrainingSettings training) {
    return training.exchange().shardOptimizer() ? training.workers().orElse(1) : 1;
  }

  /** As the paper counts: the tokens asked for, without the rounding up to whole steps. */
  private static long countedTokens(TrainingSettings training, long tokens) {
    return training.length() instanceof TrainingLength.Tokens asked ? asked.count() : tokens;
  }
}
