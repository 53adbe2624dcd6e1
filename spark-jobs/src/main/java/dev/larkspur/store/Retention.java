package dev.larkspur.store;

import java.io.Serializable;

/**
 * Which complete checkpoints stay.
 *
 * @param keep so many of the newest, at least 1
 * @param keepEvery and those of steps that it divides; 0 for none
 */
public record Retention(int keep, int keepEvery) implements Serializable {

  boolean keeps(int newer, long step) {
    return newer < keep || (keepEvery > 0 && step % keepEvery == 0);
  }
}
