package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.settings.ScalingSettings.Variation;
import java.util.Map;

/** The settings of one training of a grid. */
public final class RunOfGrid {
  private static final String GROUP = "scaling";

  private RunOfGrid() {}

  /**
   * A kind over a size over the settings of the grid, and {@code own} over all; a null takes back.
   *
   * @throws SettingsException with all problems of the combination
   */
  public static Settings settings(
      Settings grid, Purpose purpose, Variation size, Variation kind, Map<String, ?> own) {
    Schema schema = SettingsLoader.schema();
    Config tree = ConfigFactory.empty();
    for (Map.Entry<String, ?> each : own.entrySet()) {
      tree =
          tree.withValue(each.getKey(), ConfigValueFactory.fromAnyRef(each.getValue(), "the grid"));
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
