package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A grid of trainings: every kind in every size from every seed.
 *
 * @param sizes smallest first
 * @param kinds feed-forward networks; the others are compared with the first
 * @param seeds seeds of the trainings
 * @param tokensPerParameter tokens for each parameter of a size's first kind; empty if each size
 *     sets its own training length
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
    /** The training operations of the first kind. */
    FLOPS
  }

  /** What to do without a corpus. */
  public enum MissingCorpus {
    REFUSE,
    /** Build one from the sample text. */
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
   * @param name used in the names of its runs' directories
   * @param label its name in tables and plots
   * @param settings what it sets
   */
  public record Variation(String name, String label, Config settings) {}

  /** The settings of one training of a grid. */
  public static final class RunOfGrid {
    private static final String GROUP = "scaling";

    private RunOfGrid() {}

    /**
     * Merges the grid's settings, a size, a kind and {@code own}; later ones override earlier ones.
     * A null value unsets a setting.
     *
     * @throws SettingsException with all problems of the combination
     */
    public static Settings settings(
        Settings grid, Purpose purpose, Variation size, Variation kind, Map<String, ?> own) {
      Schema schema = SettingsLoader.schema();
      Config tree = ConfigFactory.empty();
      for (Map.Entry<String, ?> each : own.entrySet()) {
        tree =
            tree.withValue(
                each.getKey(), ConfigValueFactory.fromAnyRef(each.getValue(), "the grid"));
      }
      tree =
          tree.withFallback(kind.settings())
              .withFallback(size.settings())
              .withFallback(grid.resolved().withoutPath(GROUP))
              .withFallback(schema.defaults());
      try {
        return new SettingsReader(tree, schema, purpose).read();
      } catch (SettingsException e) {
        String where = "size %s, kind %s".formatted(size.name(), kind.name());
        throw new SettingsException(
            e.problems().stream()
                .map(
                    problem ->
                        problem.where().isEmpty()
                            ? new SettingsProblem(
                                where,
                                problem.key(),
                                problem.value(),
                                problem.message(),
                                problem.remedy())
                            : problem)
                .toList());
      }
    }
  }
}
