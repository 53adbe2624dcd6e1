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
   * Counts a failed attempt.
   *
   * @param newest step of the newest checkpoint
   * @return whether another attempt is allowed
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

  /** How long to wait before the next attempt. */
  Duration delay() {
    return recovery.delay(failures);
  }

  /** For example "restart 2 of 3". */
  String words() {
    return "restart %d of %d".formatted(failures, recovery.maxRestarts());
  }

  /** All restarts of this training. */
  int all() {
    return all;
  }
}
