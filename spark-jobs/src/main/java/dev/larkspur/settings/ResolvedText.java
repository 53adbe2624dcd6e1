package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.TreeMap;

/** The text of a resolved configuration. */
final class ResolvedText {
  private static final ConfigRenderOptions FORM =
      ConfigRenderOptions.defaults().setOriginComments(false).setComments(false).setJson(false);

  private ResolvedText() {}

  static String of(Config resolved) {
    ConfigObject set = withoutNulls(resolved.root());
    Map<String, Object> spark = new TreeMap<>();
    SparkTree.flatten(resolved)
        .forEach(
            (name, value) -> {
              if (!Secrets.mayBe(name, value)) {
                spark.put(name.substring(Schema.FREE_FORM.length() + 1), value);
              }
            });
    return set.withValue(Schema.FREE_FORM, ConfigValueFactory.fromMap(spark)).render(FORM);
  }

  private static ConfigObject withoutNulls(ConfigObject tree) {
    ConfigObject set = tree;
    for (Map.Entry<String, ConfigValue> entry : tree.entrySet()) {
      if (entry.getValue().valueType() == ConfigValueType.NULL) {
        set = set.withoutKey(entry.getKey());
      } else if (entry.getValue() instanceof ConfigObject inner) {
        set = set.withValue(entry.getKey(), withoutNulls(inner));
      }
    }
    return set;
  }
}
