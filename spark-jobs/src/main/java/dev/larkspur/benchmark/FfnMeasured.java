package dev.larkspur.benchmark;

/**
 * One feed-forward network, measured.
 *
 * @param width hidden width; the inner one is four times as large
 * @param tokens gone through at once
 * @param kind its label
 * @param parameters its weights, without biases
 * @param forward as in inference
 * @param training forward and backward
 */
public record FfnMeasured(
    int width, int tokens, String kind, long parameters, Compared forward, Compared training) {}
