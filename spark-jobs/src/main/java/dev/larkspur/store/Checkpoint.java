package dev.larkspur.store;

/**
 * A complete checkpoint.
 *
 * @param step updates done
 * @param directory relative to the run directory
 * @param state what was known besides the tensors
 */
public record Checkpoint(long step, String directory, TrainingState state) {}
