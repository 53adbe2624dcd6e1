/**
 * What every rank runs: {@code TrainingLoop} takes its share of each global batch, sums gradients
 * with its peers, updates, validates, and writes checkpoints. All ranks decide from all-reduced
 * numbers.
 */
package dev.larkspur.train.worker;
