package dev.larkspur.metrics;

import java.io.Serializable;

/**
 * A line about validation.
 *
 * @param step updates done
 * @param tokens trained on so far
 * @param validationLoss mean negative log-likelihood, in nats a token
 * @param validationPerplexity its exponential
 * @param seconds it took
 */
public record ValidationMetrics(
    long step, long tokens, double validationLoss, double validationPerplexity, double seconds)
    implements Serializable {}
