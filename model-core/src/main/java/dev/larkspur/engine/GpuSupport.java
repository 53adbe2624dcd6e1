package dev.larkspur.engine;

/**
 * Whether an engine computes on a GPU.
 *
 * @param supported whether the engine computes on it
 * @param reason why, and the remedy if it is not supported
 */
public record GpuSupport(boolean supported, String reason) {}
