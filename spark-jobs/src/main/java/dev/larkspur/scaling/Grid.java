package dev.larkspur.scaling;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.ScalingSettings;
import dev.larkspur.settings.ScalingSettings.Equal;
import dev.larkspur.settings.ScalingSettings.RunOfGrid;
import dev.larkspur.settings.ScalingSettings.Variation;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.TrainingLength;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.train.driver.TrainingFlops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The trainings of a grid, in the order in which they are run: small sizes first, so that results
 * appear early.
 *
 * @param runs all of them
 */
public record Grid(List<GridRun> runs) {
  private static final String TOKENS = "training.tokens";
  private static final String STEPS = "training.steps";

  /** Copies the list. */
  public Grid {
    runs = List.copyOf(runs);
  }

  /**
   * Combines sizes, kinds and seeds.
   *
   * @param settings settings with {@code scaling}
   * @param purpose purpose of the settings of each training
   * @param models the model of settings, on the corpus that the grid is trained on
   * @throws SettingsException with all problems of all combinations
   */
  public static Grid of(
      Settings settings, Purpose purpose, Function<Settings, ModelConfig> models) {
    ScalingSettings scaling = settings.scaling();
    Set<SettingsProblem> problems = new LinkedHashSet<>();
    List<GridRun> runs = new ArrayList<>();
    for (Variation size : scaling.sizes()) {
      long baseline = 0;
      double flops = 0;
      for (Variation kind : scaling.kinds()) {
        try {
          Settings probe =
              RunOfGrid.settings(settings, purpose, size, kind, length(scaling, baseline));
          ModelConfig model = models.apply(probe);
          if (baseline == 0) {
            baseline = tokens(scaling, probe.training(), model);
            probe = RunOfGrid.settings(settings, purpose, size, kind, tokens(baseline));
            flops = flops(probe, model);
          }
          long tokens =
              scaling.equal() == Equal.TOKENS
                  ? baseline
                  : Math.round(baseline * (flops / flops(probe, model)));
          for (long seed : scaling.seeds()) {
            Settings own =
                RunOfGrid.settings(
                    settings, purpose, size, kind, of(settings, size, kind, seed, tokens));
            runs.add(new GridRun(size, kind, seed, own, model));
          }
        } catch (SettingsException e) {
          problems.addAll(e.problems());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(List.copyOf(problems));
    }
    return new Grid(runs);
  }

  /** The training length of the first kind, which need not set it if the grid does. */
  private static Map<String, Object> length(ScalingSettings scaling, long baseline) {
    if (baseline > 0) {
      return tokens(baseline);
    }
    return scaling.tokensPerParameter().isPresent() ? tokens(1) : Map.of();
  }

  private static Map<String, Object> tokens(long tokens) {
    Map<String, Object> own = new HashMap<>();
    own.put(TOKENS, tokens);
    own.put(STEPS, null);
    return own;
  }

  /** Operations of a complete training. */
  private static double flops(Settings settings, ModelConfig model) {
    return TrainingFlops.of(settings.training(), model, settings.training().steps(model.context()));
  }

  private static Map<String, Object> of(
      Settings grid, Variation size, Variation kind, long seed, long tokens) {
    Map<String, Object> own = tokens(tokens);
    String name = GridRun.name(size, kind, seed);
    own.put("run.dir", grid.run().dir() + "/" + name);
    own.put("run.name", name);
    own.put("run.seed", seed);
    return own;
  }

  private static long tokens(
      ScalingSettings scaling, TrainingSettings training, ModelConfig model) {
    if (scaling.tokensPerParameter().isPresent()) {
      double each = scaling.tokensPerParameter().getAsDouble();
      return Math.round(each * ModelSize.of(model).parameters());
    }
    return training.length() instanceof TrainingLength.Tokens tokens
        ? tokens.count()
        : training.freshSteps(model.context()) * training.globalBatch() * model.context();
  }

  /**
   * One training of a grid.
   *
   * @param size its size
   * @param kind its kind of feed-forward networks
   * @param seed its seed
   * @param settings complete, as {@code train} would be given them
   * @param model its shape
   */
  public record GridRun(
      Variation size, Variation kind, long seed, Settings settings, ModelConfig model) {

    /** Unique within the grid. */
    public String name() {
      return name(size, kind, seed);
    }

    static String name(Variation size, Variation kind, long seed) {
      return size.name() + "-" + kind.name() + "-" + seed;
    }

    /** Updates of the complete training. */
    public long steps() {
      return settings.training().steps(model.context());
    }

    /** Tokens of the training in complete steps; repeated tokens are counted again. */
    public long tokens() {
      return steps() * settings.training().globalBatch() * model.context();
    }

    /** Operations of the complete training, as the papers count them. */
    public double flops() {
      return TrainingFlops.of(settings.training(), model, steps());
    }
  }
}
