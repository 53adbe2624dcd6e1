package dev.larkspur.settings;

import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.optim.SelfGuidance;

import dev.larkspur.settings.SelfGuidedSettings.Mode;
import java.util.List;
import java.util.Optional;

/** Reads and checks {@code training.self-guided}. */
final class SelfGuidedReader {
  private static final String MODE = "training.self-guided.mode";
  private static final String FRACTION = "training.self-guided.fraction";

  /** The paper's fixed-step. */
  private static final double HALF = 0.5;

  private final Values values;

  SelfGuidedReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is missing or wrong. */
  Optional<SelfGuidedSettings> read() {
    Optional<Mode> mode = values.choice(MODE, List.of(Mode.values()));
    Optional<SelfGuidance.Decay> decay =
        values.choice("training.self-guided.decay", List.of(SelfGuidance.Decay.values()));
    Optional<Double> given = values.number(FRACTION, Bounds.PROPER_SHARE);
    Optional<Boolean> reduce = values.flag("training.self-guided.reduce-flop");
    if (mode.isEmpty() || decay.isEmpty() || reduce.isEmpty() || values.refused(FRACTION)) {
      return Optional.empty();
    }
    if (mode.get() == Mode.OFF && given.isPresent()) {
      values.refuse(
          FRACTION,
          "has no effect with training.self-guided.mode = off",
          "set it to null, as conf/schedule/plain.conf does");
      return Optional.empty();
    }
    if (mode.get() == Mode.FIXED_FLOP && given.isEmpty()) {
      values.missing(FRACTION);
      return Optional.empty();
    }
    SelfGuidance.Use use = reduce.get() ? SelfGuidance.Use.DRAWN : SelfGuidance.Use.ALWAYS;
    return Optional.of(new SelfGuidedSettings(mode.get(), decay.get(), given.orElse(HALF), use));
  }

  /** Refuses to guide a model in which there is nothing to guide. */
  static void check(Values values, ModelSettings model, TrainingSettings training) {
    if (model == null || training == null || training.selfGuided().mode() == Mode.OFF) {
      return;
    }
    FfnConfig ffn = model.ffn();
    boolean structured = false;
    for (int layer = 0; layer < Math.min(2, model.layers()); layer++) {
      structured |= !(ffn.structureOf(layer) instanceof FfnStructure.Dense);
    }
    if (!structured) {
      values.refuse(
          MODE,
          "there is nothing to guide: all feed-forward networks are dense",
          "set it to off, or choose another model.ffn.kind");
    }
  }
}
