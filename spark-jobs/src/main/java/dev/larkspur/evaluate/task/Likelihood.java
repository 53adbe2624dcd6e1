package dev.larkspur.evaluate.task;

import java.io.Serializable;

/**
 * How likely a model finds a continuation.
 *
 * @param logarithm summed log-likelihood of its tokens, in nats
 * @param greedy whether each token is the likeliest of all, so that greedy decoding gives it
 */
public record Likelihood(double logarithm, boolean greedy) implements Serializable {}
