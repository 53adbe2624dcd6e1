package dev.larkspur.settings;

import dev.larkspur.optim.SelfGuidance;
import java.util.OptionalDouble;

/**
 * Self-guided training (Wei et al., arXiv 2406.16450, section 4).
 *
 * @param mode which steps are guided
 * @param decay how the guides' weight falls
 * @param fraction of the steps that are guided, without those that repeat tokens; empty: half, the
 *     paper's choice for fixed-step
 * @param use which layers are guided in a step
 */
public record SelfGuidedSettings(
    Mode mode,
    SelfGuidance.Decay decay,
    @Setting(above = 0, below = 1) OptionalDouble fraction,
    @Setting(key = "reduce-flop") SelfGuidance.Use use)
    implements RecordReader.Checked {
  private static final double HALF = 0.5;

  /** Refuses a fraction without guides, and demands one where there is no usual one. */
  @Override
  public void check(RecordReader.Problems problems) {
    if (mode == Mode.OFF && fraction.isPresent()) {
      problems.refuse(
          "fraction",
          "has no effect with training.self-guided.mode = off",
          "set it to null, as conf/schedule/plain.conf does");
    }
    if (mode == Mode.FIXED_FLOP && fraction.isEmpty()) {
      problems.missing("fraction");
    }
  }

  /** Which steps are guided. */
  public enum Mode {
    /** None. */
    OFF,
    /** The first ones of as many steps as without guides. */
    FIXED_STEP,
    /** The first ones, whose tokens are repeated at the end in as many more steps. */
    FIXED_FLOP
  }

  /**
   * Guided steps, the first ones: at least one, and at least the last step is plain.
   *
   * @param freshSteps steps that do not repeat tokens of guided ones
   */
  public long guidedSteps(long freshSteps) {
    return switch (mode) {
      case OFF -> 0;
      case FIXED_STEP -> Math.min(atLeastOne(freshSteps), freshSteps - 1);
      case FIXED_FLOP -> atLeastOne(freshSteps);
    };
  }

  /** Steps at the end that take the tokens of the guided ones again. */
  public long repeatedSteps(long freshSteps) {
    return mode == Mode.FIXED_FLOP ? guidedSteps(freshSteps) : 0;
  }

  private long atLeastOne(long freshSteps) {
    return Math.max(1, Math.round(fraction.orElse(HALF) * freshSteps));
  }
}
