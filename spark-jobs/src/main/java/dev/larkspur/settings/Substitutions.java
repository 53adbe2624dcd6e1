package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves substitutions. Ten lines can expand to gigabytes, so the length of the result is
 * computed first.
 */
final class Substitutions {
  /** In characters; a run's settings have a few thousand. */
  private static final long LONGEST = 4_000_000;

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]*)}");

  private final ConfigObject tree;
  private final Map<String, Long> lengths = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private Substitutions(ConfigObject tree) {
    this.tree = tree;
  }

  /**
   * The tree without substitutions.
   *
   * @throws ConfigException if one refers to nothing, or to itself
   * @throws SettingsException if they expand to too much
   */
  static Config resolve(Config tree, ConfigResolveOptions options) {
    if (tree.isResolved()) {
      return tree;
    }
    Substitutions substitutions = new Substitutions(tree.root());
    for (Map.Entry<String, ConfigValue> entry : tree.root().entrySet()) {
      if (substitutions.length(entry.getValue()) > LONGEST) {
        throw tooLong(
            entry.getKey(),
            Rendered.place(entry.getValue().origin()),
            "its substitutions stand for more than %,d characters".formatted(LONGEST));
      }
    }
    try {
      return tree.resolve(options);
    } catch (OutOfMemoryError e) {
      throw tooLong(
          "", "", "the substitutions of a value by itself stand for more than memory holds");
    }
  }

  private static SettingsException tooLong(String key, String where, String message) {
    return new SettingsException(
        List.of(
            new SettingsProblem(
                where, key, "", message, "write the value out, or remove substitutions")));
  }

  /** Upper bound on the characters of a value after substitution; saturates. */
  private long length(ConfigValue value) {
    String text = Rendered.whole(value);
    long length = text.length();
    Matcher references = REFERENCE.matcher(text);
    while (references.find() && length <= LONGEST) {
      length += length(references.group(1));
    }
    return length;
  }

  private long length(String path) {
    Long known = lengths.get(path);
    if (known != null) {
      return known;
    }
    // A reference to itself fails on resolution, or means an earlier value of the key.
    if (!open.add(path)) {
      return 0;
    }
    ConfigValue value = find(path);
    long length = value == null ? 0 : length(value);
    open.remove(path);
    lengths.put(path, length);
    return length;
  }

  /** The value at a path, or the value that contains it; null for an environment variable. */
  private ConfigValue find(String path) {
    ConfigValue value = tree;
    for (String step : steps(path)) {
      try {
        ConfigValue inner = value instanceof ConfigObject group ? group.get(step) : null;
        if (inner == null) {
          return value == tree || value instanceof ConfigObject ? null : value;
        }
        value = inner;
      } catch (ConfigException.NotResolved merged) {
        return value;
      }
    }
    return value;
  }

  private static List<String> steps(String path) {
    try {
      return ConfigUtil.splitPath(path);
    } catch (ConfigException noPath) {
      return List.of(path);
    }
  }
}
