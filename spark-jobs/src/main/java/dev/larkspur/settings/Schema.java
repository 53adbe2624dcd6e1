package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known settings: the tree of {@code conf/reference.conf}, its defaults and its comments. */
final class Schema {
  /** The subtree whose keys are Spark's, not ours. */
  static final String FREE_FORM = "spark";

  private static final String EXAMPLE = "Example:";
  private static final int LONGEST_NAME = 100;

  private final Config reference;
  private final Map<String, ConfigValue> keys = new LinkedHashMap<>();
  private final Set<String> groups = new LinkedHashSet<>();

  Schema(Config reference) {
    this.reference = reference;
    collect("", reference.root());
  }

  private void collect(String path, ConfigObject group) {
    group.forEach(
        (name, value) -> {
          String key = join(path, name);
          if (value instanceof ConfigObject inner) {
            groups.add(key);
            collect(key, inner);
          } else {
            keys.put(key, value);
          }
        });
  }

  static String join(String path, String name) {
    String step = ConfigUtil.joinPath(name);
    return path.isEmpty() ? step : path + "." + step;
  }

  /** Defaults of everything. */
  Config defaults() {
    return reference;
  }

  Set<String> keys() {
    return keys.keySet();
  }

  Set<String> groups() {
    return groups;
  }

  boolean optional(String key) {
    return keys.get(key).valueType() == ConfigValueType.NULL;
  }

  /** Number of items in the default of a list. */
  int size(String key) {
    return ((ConfigList) keys.get(key)).size();
  }

  boolean isDefault(String key, ConfigValue value) {
    return keys.get(key).equals(value);
  }

  String defaultOf(String key) {
    return Rendered.value(keys.get(key));
  }

  List<String> comments(String key) {
    return keys.get(key).origin().comments();
  }

  /** An example line for a missing setting. */
  String example(String key) {
    return comments(key).stream()
        .map(String::strip)
        .filter(line -> line.startsWith(EXAMPLE))
        .map(line -> key + " = " + line.substring(EXAMPLE.length()).strip())
        .findFirst()
        .orElseGet(() -> key + " = " + defaultOf(key));
  }

  /** The unknown keys and groups of a tree. */
  List<SettingsProblem> unknown(ConfigObject tree) {
    List<SettingsProblem> problems = new ArrayList<>();
    unknown("", tree, problems);
    return problems;
  }

  /** Groups replaced by another value or null, so that nothing in them can be read. */
  List<SettingsProblem> brokenGroups(ConfigObject tree) {
    List<SettingsProblem> broken = new ArrayList<>();
    for (SettingsProblem problem : unknown(tree)) {
      if (groups.contains(problem.key())) {
        broken.add(problem);
      }
    }
    return broken.isEmpty() ? withoutDefaults(tree) : broken;
  }

  /** Groups that an earlier layer replaced by another value, which hides their defaults. */
  private List<SettingsProblem> withoutDefaults(ConfigObject tree) {
    Map<String, SettingsProblem> broken = new LinkedHashMap<>();
    List<String> outerFirst =
        keys.keySet().stream().sorted(Comparator.comparing(Schema::depth)).toList();
    for (String key : outerFirst) {
      ConfigValue place = tree;
      ConfigValue value = tree;
      for (String step : ConfigUtil.splitPath(key)) {
        place = value == null ? place : value;
        value = value instanceof ConfigObject group ? group.get(step) : null;
      }
      String group = key.substring(0, key.lastIndexOf('.'));
      if (value == null && broken.keySet().stream().noneMatch(b -> key.startsWith(b + "."))) {
        broken.put(
            group,
            new SettingsProblem(
                Rendered.place(place.origin()),
                group,
                "",
                group + " was set to something other than a group, which hides its defaults",
                "write " + group + " { ... } only"));
      }
    }
    return List.copyOf(broken.values());
  }

  private static long depth(String key) {
    return key.chars().filter(c -> c == '.').count();
  }

  private void unknown(String path, ConfigObject group, List<SettingsProblem> problems) {
    group.forEach(
        (name, value) -> {
          String key = join(path, name);
          if (groups.contains(key)) {
            if (!(value instanceof ConfigObject inner)) {
              problems.add(
                  new SettingsProblem(
                      Rendered.place(value.origin()),
                      Rendered.shortened(key),
                      Rendered.value(value),
                      key + " is a group of settings, not a setting",
                      "write " + key + " { ... } with the settings of the group inside"));
            } else if (!key.equals(FREE_FORM)) {
              unknown(key, inner, problems);
            }
          } else if (!keys.containsKey(key)) {
            problems.add(unknownKey(key, value));
          }
        });
  }

  private SettingsProblem unknownKey(String key, ConfigValue value) {
    boolean group = value instanceof ConfigObject;
    String remedy =
        nearest(key, group ? groups : keys.keySet())
            .map(name -> "did you mean " + name + "?")
            .orElse("conf/reference.conf lists every setting");
    return new SettingsProblem(
        Rendered.place(value.origin()),
        Rendered.shortened(key),
        group ? "" : Rendered.value(value),
        "unknown setting",
        remedy);
  }

  /** The known name closest to an unknown one; the typo may be in the name or in the group. */
  static Optional<String> nearest(String wrong, Set<String> known) {
    // The cost is the product of both lengths, and a name this long is not a typo of a known one.
    if (wrong.length() > LONGEST_NAME) {
      return Optional.empty();
    }
    int limit = 1 + wrong.length() / 4;
    return known.stream()
        .filter(name -> distance(wrong, name) <= limit)
        .min(Comparator.comparingInt(name -> distance(wrong, name)));
  }

  private static int distance(String wrong, String known) {
    LevenshteinDistance levenshtein = LevenshteinDistance.getDefaultInstance();
    String wrongLast = lastStep(wrong);
    String knownLast = lastStep(known);
    if (wrong.contains(".") && ("-" + knownLast + "-").contains("-" + wrongLast + "-")) {
      // Right but incomplete: batch for global-batch.
      return 2;
    }
    int whole = levenshtein.apply(wrong, known);
    return Math.min(whole, levenshtein.apply(wrongLast, knownLast) + 1);
  }

  private static String lastStep(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
