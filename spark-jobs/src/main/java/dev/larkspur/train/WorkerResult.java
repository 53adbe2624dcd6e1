package dev.larkspur.train;

import dev.larkspur.metrics.PhaseSeconds;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.ValidationMetrics;
import java.io.Serializable;

/**
 * What a worker ends with.
 *
 * @param device that it computed on
 * @param training last line about training; null if no step was left to do
 * @param validation last line about validation
 * @param trainedTokens of all workers, in this training
 * @param seconds in its steps
 * @param parameterChecksum CRC-32C of its parameters
 */
record WorkerResult(
    String device,
    StepMetrics training,
    ValidationMetrics validation,
    long trainedTokens,
    PhaseSeconds seconds,
    long parameterChecksum)
    implements Serializable {}
