package dev.larkspur.train.driver;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the settings that a checkpoint was trained with to those that it is used with. Some
 * define how its parameters are interpreted; these may not change, even if the shapes fit.
 */
public final class TrainedWith {
  private static final List<String> MODEL = List.of("model");
  private static final List<String> GUIDANCE =
      List.of(
          "training.self-guided",
          "training.steps",
          "training.tokens",
          "training.global-batch",
          "run.seed");

  private final Settings before;
  private final boolean imported;

  /** The settings of a checkpoint. */
  public TrainedWith(Checkpoint checkpoint) {
    this.before =
        new SettingsLoader()
            .run(checkpoint.name().directory(), checkpoint.state().provenance().config())
            .load(Purpose.GENERATE);
    this.imported = checkpoint.state().provenance().imported();
  }

  /**
   * Refuses to use it with other settings.
   *
   * @param settings settings that it is used with
   * @param model model that they describe
   * @throws SettingsException naming each setting that must not change
   */
  public void require(Settings settings, ModelConfig model) {
    List<String> groups = new ArrayList<>();
    if (!isOf(model)) {
      groups.addAll(MODEL);
    }
    if (!imported && !guidance(before, model).equals(guidance(settings, model))) {
      groups.addAll(GUIDANCE);
    }
    List<SettingsProblem> problems =
        SettingsChange.between(before, settings).stream()
            .filter(change -> change.isIn(groups))
            .map(
                change ->
                    settings.problem(
                        change.key(),
                        "the checkpoint was trained with " + change.before(),
                        "leave it out: it cannot be changed after training"))
            .toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  /** Whether the model is that of the checkpoint; rotary positions are unbounded. */
  private boolean isOf(ModelConfig model) {
    ModelConfig own = before.model().toConfig(model.context(), model.vocabulary());
    return own.equals(model)
        || (own.variant().positions() instanceof Positions.Rotary
            && own.withContext(model.context()).equals(model));
  }

  private static SelfGuidance guidance(Settings settings, ModelConfig model) {
    return settings.training().guidance(model.context(), settings.run().seed());
  }
}
