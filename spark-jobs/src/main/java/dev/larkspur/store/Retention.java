package dev.larkspur.store;

import java.io.Serializable;
import java.util.Set;

/**
 * Which complete checkpoints stay.
 *
 * @param keep so many of the newest whole ones, at least 1
 * @param keepEvery and those of steps that it divides; 0 for none
 * @param damaged ones that the run has found damaged: they are not among the newest that count
 */
public record Retention(int keep, int keepEvery, Set<CheckpointName> damaged)
    implements Serializable {
  /** Copies the set. */
  public Retention {
    damaged = Set.copyOf(damaged);
  }

  /**
   * Whether one stays.
   *
   * @param newer whole ones that are newer
   */
  boolean keeps(int newer, long step) {
    return newer < keep || (keepEvery > 0 && step % keepEvery == 0);
  }
}
