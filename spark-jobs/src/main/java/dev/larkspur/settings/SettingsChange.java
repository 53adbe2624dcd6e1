package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A setting whose value has changed.
 *
 * @param key such as {@code training.steps}
 * @param before its value; "unset" where it had none
 * @param now likewise
 */
public record SettingsChange(String key, String before, String now) {
  private static final String UNSET = "unset";

  /** All changes, in the order of the keys. Settings that hold secrets are excluded. */
  public static List<SettingsChange> between(Settings before, Settings now) {
    Map<String, String> old = values(before.toHocon());
    Map<String, String> given = values(now.toHocon());
    TreeSet<String> keys = new TreeSet<>(old.keySet());
    keys.addAll(given.keySet());
    List<SettingsChange> changes = new ArrayList<>();
    for (String key : keys) {
      String was = old.getOrDefault(key, UNSET);
      String is = given.getOrDefault(key, UNSET);
      if (!same(was, is)) {
        changes.add(new SettingsChange(key, was, is));
      }
    }
    return changes;
  }

  /** Whether the setting is one of these, or in one of these groups. */
  public boolean isIn(List<String> groups) {
    return groups.stream().anyMatch(group -> key.equals(group) || key.startsWith(group + "."));
  }

  /** For example "training.steps was 20 and is 40". */
  public String sentence() {
    return "%s was %s and is %s".formatted(key, before, now);
  }

  /** For example "training.steps 20 -> 40". */
  @Override
  public String toString() {
    return key + " " + before + " -> " + now;
  }

  /** The values in HOCON, by key. */
  static Map<String, String> values(String hocon) {
    Config settings = ConfigFactory.parseString(hocon);
    Map<String, String> values = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : settings.entrySet()) {
      values.put(
          String.join(".", ConfigUtil.splitPath(entry.getKey())),
          String.valueOf(entry.getValue().unwrapped()));
    }
    return values;
  }

  /** Compares values, not notation: 1e-3 equals 0.001. */
  static boolean same(String before, String now) {
    if (before.equals(now)) {
      return true;
    }
    try {
      return new BigDecimal(before).compareTo(new BigDecimal(now)) == 0;
    } catch (NumberFormatException words) {
      return false;
    }
  }
}
