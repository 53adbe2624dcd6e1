package dev.larkspur.engine;

/**
 * Whether an engine computes on a GPU.
 *
 * @param supported false: the engine refuses it
 * @param reason what that follows from, and where it is refused what to do
 */
public record GpuSupport(boolean supported, String reason) {}
