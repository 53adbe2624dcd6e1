package dev.larkspur.settings;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What differs between two settings, by their keys. */
public final class ChangedSettings {
  private static final ConfigValue NONE = ConfigValueFactory.fromAnyRef(null);

  private final Map<String, ConfigValue> before = new TreeMap<>();
  private final Map<String, ConfigValue> now = new TreeMap<>();
  private final Settings settings;

  /** From some settings to others. */
  public ChangedSettings(Settings before, Settings now) {
    this.settings = now;
    collect("", before.resolved().root(), this.before);
    collect("", now.resolved().root(), this.now);
  }

  /** The keys in some groups, or the keys themselves, whose values differ. */
  public List<String> keys(Collection<String> groups) {
    List<String> changed = new ArrayList<>();
    TreeSet<String> all = new TreeSet<>(before.keySet());
    all.addAll(now.keySet());
    for (String key : all) {
      boolean asked =
          groups.stream().anyMatch(group -> key.equals(group) || key.startsWith(group + "."));
      if (asked && !was(key).equals(is(key))) {
        changed.add(key);
      }
    }
    return changed;
  }

  /** A change in words. */
  public String sentence(String key) {
    return "%s was %s and is %s".formatted(key, was(key), is(key));
  }

  /** A change as a problem, with the place that the value was read from. */
  public SettingsProblem problem(String key, String message, String remedy) {
    ConfigValue value = now.getOrDefault(key, NONE);
    String where = value.origin() == null ? "" : Rendered.place(value.origin());
    return new SettingsProblem(
        settings.resolved().hasPath(key) ? where : "--set", key, is(key), message, remedy);
  }

  /** The value before, as HOCON. */
  public String was(String key) {
    return Rendered.value(before.getOrDefault(key, NONE));
  }

  private String is(String key) {
    return Rendered.value(now.getOrDefault(key, NONE));
  }

  private static void collect(String path, ConfigObject group, Map<String, ConfigValue> into) {
    group.forEach(
        (name, value) -> {
          String key = Schema.join(path, name);
          if (value instanceof ConfigObject inner) {
            collect(key, inner, into);
          } else {
            into.put(key, value);
          }
        });
  }
}
