package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The free-form subtree {@code spark} as the flat properties that Spark reads. */
final class SparkTree {
  private SparkTree() {}

  /** Refuses credentials, without their values. */
  static List<SettingsProblem> credentials(Config config) {
    return flatten(config).keySet().stream()
        .filter(Secrets::opensStore)
        .map(
            key ->
                new SettingsProblem(
                    "",
                    key,
                    "",
                    "credentials are no settings: those are written down with every run",
                    "leave them to Hadoop's credential providers: environment variables, a"
                        + " credential store (hadoop.security.credential.provider.path), or the"
                        + " roles of the machines"))
        .toList();
  }

  static Map<String, String> flatten(Config config) {
    Map<String, String> properties = new TreeMap<>();
    // A value in place of the group is reported by the schema.
    if (config.root().get(Schema.FREE_FORM) instanceof ConfigObject spark) {
      flatten(Schema.FREE_FORM, spark, properties);
    }
    return properties;
  }

  private static void flatten(String path, ConfigObject tree, Map<String, String> properties) {
    tree.forEach(
        (name, value) -> {
          String key = path + "." + name;
          if (value instanceof ConfigObject inner) {
            flatten(key, inner, properties);
          } else if (value.valueType() != ConfigValueType.NULL) {
            properties.put(key, text(value));
          }
        });
  }

  private static String text(ConfigValue value) {
    return value.valueType() == ConfigValueType.LIST
        ? String.join(",", value.atKey("list").getStringList("list"))
        : value.atKey("value").getString("value");
  }
}
