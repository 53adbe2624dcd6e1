package dev.larkspur.settings;

import com.typesafe.config.Config;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A grid of trainings: every kind in every size from every seed.
 *
 * @param sizes smallest first
 * @param kinds feed-forward networks; the others are compared with the first
 * @param seeds of the trainings
 * @param tokensPerParameter tokens for each parameter of a size's first kind; empty: each size says
 *     how long it is trained
 * @param equal what the kinds of a size have in common
 * @param corpus what to do without a corpus
 */
public record ScalingSettings(
    List<Variation> sizes,
    List<Variation> kinds,
    List<Long> seeds,
    @Setting(above = 0) OptionalDouble tokensPerParameter,
    Equal equal,
    @Setting(key = "sample-corpus") MissingCorpus corpus) {

  /** What the kinds of a size have in common. */
  public enum Equal {
    /** The tokens they are trained on. */
    TOKENS,
    /** The operations of their training: those of the first kind. */
    FLOPS
  }

  /** What to do without a corpus. */
  public enum MissingCorpus {
    REFUSE,
    /** Make one of the sample text. */
    MAKE_OF_SAMPLE
  }

  /** Copies the lists. */
  public ScalingSettings {
    sizes = List.copyOf(sizes);
    kinds = List.copyOf(kinds);
    seeds = List.copyOf(seeds);
  }

  /**
   * One choice of an axis of a grid: a size, or a kind of feed-forward network.
   *
   * @param name a part of the names of its runs' directories
   * @param label what tables and plots call it
   * @param settings what it sets
   */
  public record Variation(String name, String label, Config settings) {}
}
