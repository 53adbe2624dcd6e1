package dev.larkspur.run;

import java.io.Serializable;

/**
 * Batches that a run does not train on, because they made it diverge.
 *
 * @param from first of them, in the order of the corpus
 * @param to after the last
 */
public record SkippedBatches(long from, long to) implements Serializable {}
