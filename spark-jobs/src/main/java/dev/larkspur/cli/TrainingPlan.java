package dev.larkspur.cli;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.SelfGuidedSettings;
import dev.larkspur.settings.TrainingLength;
import dev.larkspur.settings.TrainingSettings;

/**
 * What a training will take.
 *
 * @param parameters of the model; a tied embedding once
 * @param ffnParameters weights of the feed-forward networks, without their biases
 * @param steps of the training
 * @param tokens of the training, whole steps
 * @param guidedSteps of them, the first ones, that dense guides help in
 * @param repeatedSteps of them, the last ones, that repeat the tokens of guided ones
 * @param trainingFlops as the papers' tables count them; of guides that are drawn, the expectation
 * @param memory of one worker; of a guided training, while it is guided
 * @param checkpointBytes of one checkpoint, of a guided training while it is guided: parameters and
 *     both moments, 32-bit floats
 */
record TrainingPlan(
    long parameters,
    long ffnParameters,
    long steps,
    long tokens,
    long guidedSteps,
    long repeatedSteps,
    double trainingFlops,
    WorkerMemory memory,
    long checkpointBytes) {
  private static final int SAVED_VECTORS = 3;

  static TrainingPlan of(ModelConfig model, TrainingSettings training) {
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
        steps,
        tokens,
        guidance.steps(),
        steps - fresh,
        trainingFlops(size, training, guidance, countedTokens(training, tokens / steps * fresh)),
        WorkerMemory.of(
            trained, training.microBatch(), training.precision(), optimizerShards(training)),
        SAVED_VECTORS * Float.BYTES * ParameterTable.of(trained).length());
  }

  /**
   * Repeated and guided tokens come on top, by the share of the steps that they are.
   *
   * @param tokens of the steps that repeat none
   */
  private static double trainingFlops(
      ModelSize size, TrainingSettings training, SelfGuidance guidance, long tokens) {
    SelfGuidedSettings guided = training.selfGuided();
    if (guidance.steps() == 0) {
      return size.trainingFlops(tokens);
    }
    double guidedTokens = guided.fraction() * tokens;
    double repeated = guided.mode() == SelfGuidedSettings.Mode.FIXED_FLOP ? guidedTokens : 0;
    double used = guidance.guidedSteps(guidance.steps()) / guidance.steps();
    return size.trainingFlops(tokens + Math.round(repeated)) + size.guideFlops(guidedTokens * used);
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
