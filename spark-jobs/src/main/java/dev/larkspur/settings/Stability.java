package dev.larkspur.settings;

import java.io.Serializable;

/**
 * When an update is left out, and when there have been too many of them.
 *
 * @param maxSkipped updates in a row that may be left out before the run goes back to a checkpoint
 * @param spikeZScore robust z-score above which a loss is a spike; 0: spikes are not looked for
 * @param spikeWindow losses that a spike is measured against
 */
public record Stability(int maxSkipped, double spikeZScore, int spikeWindow)
    implements Serializable {

  /** Whether loss spikes are looked for. */
  public boolean watchesSpikes() {
    return spikeZScore > 0;
  }
}
