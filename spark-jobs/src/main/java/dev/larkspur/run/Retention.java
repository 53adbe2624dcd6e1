package dev.larkspur.run;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;

/**
 * Which complete checkpoints stay.
 *
 * @param keep so many of the newest whole ones, at least 1
 * @param keepEvery and those of steps that it divides; 0 for none
 * @param uncounted ones that are not among the newest to keep: the run has found them damaged, or
 *     they were written while updates were being skipped
 */
public record Retention(int keep, int keepEvery, Set<CheckpointName> uncounted)
    implements Serializable {
  /** Copies the set. */
  public Retention {
    uncounted = Set.copyOf(uncounted);
  }

  /** The same, with one more checkpoint that is not counted. */
  public Retention notCounting(CheckpointName name) {
    Set<CheckpointName> more = new HashSet<>(uncounted);
    more.add(name);
    return new Retention(keep, keepEvery, more);
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
