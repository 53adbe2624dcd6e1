package dev.larkspur.train.driver;

import dev.larkspur.settings.TrainingSettings.Recovery;
import java.time.Duration;

/** Counts failures without progress between them. */
final class Restarts {
  private final Recovery recovery;
  private long step = -1;
  private int failures;
  private int all;

  Restarts(Recovery recovery) {
    this.recovery = recovery;
  }

  /**
   * Another attempt has failed.
   *
   * @param newest step of the newest checkpoint
   * @return whether there may be another
   */
  boolean another(long newest) {
    failures = newest > step ? 1 : failures + 1;
    step = Math.max(step, newest);
    if (failures > recovery.maxRestarts()) {
      return false;
    }
    all++;
    return true;
  }

  /** How long to wait before it. */
  Duration delay() {
    return recovery.delay(failures);
  }

  /** Such as "restart 2 of 3". */
  String words() {
    return "restart %d of %d".formatted(failures, recovery.maxRestarts());
  }

  /** Restarts of this training altogether. */
  int all() {
    return all;
  }
}
