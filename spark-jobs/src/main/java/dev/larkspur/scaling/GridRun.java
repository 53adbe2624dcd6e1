package dev.larkspur.scaling;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.Variation;
import dev.larkspur.train.driver.TrainingFlops;


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

  /** Unlike that of any other run of the grid. */
  public String name() {
    return name(size, kind, seed);
  }

  static String name(Variation size, Variation kind, long seed) {
    return size.name() + "-" + kind.name() + "-" + seed;
  }

  /** Updates of the whole training. */
  public long steps() {
    return settings.training().steps(model.context());
  }

  /** Tokens of the whole training, whole steps; those that it repeats count again. */
  public long tokens() {
    return steps() * settings.training().globalBatch() * model.context();
  }

  /** Operations of the whole training, as the papers count them. */
  public double flops() {
    return TrainingFlops.of(settings.training(), model, steps());
  }
}
