package dev.larkspur.evaluate;

/**
 * A model's measure on the validation split.
 *
 * @param step of the checkpoint
 * @param sequences blocks measured
 * @param tokens predicted
 * @param validationLoss in nats a token
 * @param validationPerplexity its exponential
 * @param unigramPerplexity what a model that knows no context reaches on the same corpus
 */
public record Evaluation(
    long step,
    long sequences,
    long tokens,
    double validationLoss,
    double validationPerplexity,
    double unigramPerplexity) {}
