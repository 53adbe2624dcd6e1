package dev.larkspur.settings;

/**
 * When to save the state of the training.
 *
 * @param every steps between two checkpoints
 * @param keep newest complete checkpoints that are kept, at least 1
 * @param keepEvery steps of which multiples are kept for good; 0 for none
 */
public record CheckpointSettings(int every, int keep, int keepEvery) {}
