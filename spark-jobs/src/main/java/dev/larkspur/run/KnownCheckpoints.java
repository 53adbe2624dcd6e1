package dev.larkspur.run;

import java.util.HashSet;
import java.util.Set;

/**
 * What one attempt knows of the run's checkpoints without asking again: nobody else writes them,
 * and none changes after it was written.
 */
final class KnownCheckpoints {
  private final Set<CheckpointName> committed = new HashSet<>();
  private final Set<CheckpointName> whole = new HashSet<>();

  /** One that has a manifest. */
  void addCommitted(CheckpointName name) {
    committed.add(name);
  }

  /** One whose files have been seen to be there, or have just been written. */
  void addWhole(CheckpointName name) {
    committed.add(name);
    whole.add(name);
  }

  boolean isCommitted(CheckpointName name) {
    return committed.contains(name);
  }

  boolean isWhole(CheckpointName name) {
    return whole.contains(name);
  }
}
