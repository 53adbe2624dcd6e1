package dev.larkspur.settings;

import java.time.Duration;

/**
 * What happens when a worker, its machine or the network fails.
 *
 * @param maxRestarts attempts after the first, without progress between them
 * @param delay before the first of them; doubles with each, up to {@link #LONGEST_DELAY}
 * @param slotsWait longest wait of an attempt for its task slots
 */
public record Recovery(int maxRestarts, Duration delay, Duration slotsWait) {
  /** No restart is delayed for longer. */
  public static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

  /**
   * How long to wait.
   *
   * @param restart number of it, from 1
   */
  public Duration delay(int restart) {
    double millis = delay.toMillis() * Math.pow(2, restart - 1);
    return millis < LONGEST_DELAY.toMillis() ? Duration.ofMillis((long) millis) : LONGEST_DELAY;
  }
}
