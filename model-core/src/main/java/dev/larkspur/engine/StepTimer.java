package dev.larkspur.engine;

/**
 * Receives the ends of the parts of a training step. Parts follow each other without gaps, so the
 * time since the previous call belongs to the part that ends. An engine that computes
 * asynchronously waits for its device before each call.
 */
@FunctionalInterface
public interface StepTimer {

  /** Measures nothing: engines neither wait nor count. */
  StepTimer NONE = part -> {};

  /** Called when a part has ended; a part that runs in each layer ends as often. */
  void ended(StepPart part);
}
