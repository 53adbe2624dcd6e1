package dev.larkspur.metrics;

import java.io.Serializable;

/**
 * A line about training: the steps since the line before.
 *
 * @param step updates done
 * @param tokens trained on so far
 * @param loss mean over these steps, in nats a token
 * @param learningRate of the last of them
 * @param gradientNorm of the last of them, before clipping
 * @param tokensPerSecond all workers together, over these steps
 * @param seconds of these steps on rank 0
 */
public record StepMetrics(
    long step,
    long tokens,
    double loss,
    double learningRate,
    double gradientNorm,
    double tokensPerSecond,
    PhaseSeconds seconds)
    implements Serializable {}
