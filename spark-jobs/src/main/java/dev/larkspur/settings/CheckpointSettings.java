package dev.larkspur.settings;

/**
 * When to save the state of the training.
 *
 * @param every steps between two checkpoints
 * @param keep newest complete checkpoints that are kept, at least 1
 */
public record CheckpointSettings(int every, int keep) {}
