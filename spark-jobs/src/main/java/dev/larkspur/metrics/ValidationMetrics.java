package dev.larkspur.metrics;

import java.io.Serializable;

/**
 * A line of metrics about a validation.
 *
 * @param step updates done
 * @param tokens tokens trained on so far
 * @param validationLoss mean negative log-likelihood, in nats a token
 * @param validationPerplexity its exponential
 * @param seconds duration
 */
public record ValidationMetrics(
    long step, long tokens, double validationLoss, double validationPerplexity, double seconds)
    implements Serializable {}
