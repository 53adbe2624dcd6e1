package dev.larkspur.settings;

import com.typesafe.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A setting in which runs differ.
 *
 * @param key such as {@code training.learning-rate}
 * @param values of the runs, in their order; empty text where a run has none
 */
public record DifferingSetting(String key, List<String> values) {
  /** What no two runs share. */
  private static final Set<String> NAMES = Set.of("run.dir", "run.name");

  public DifferingSetting {
    values = List.copyOf(values);
  }

  /**
   * All settings in which runs differ, in the order of their keys, except for names. Values are
   * compared, not notation: 1e-3 equals 0.001.
   *
   * @param runs the values of each run by key; a run whose settings are unknown has none, and
   *     differs from no other
   */
  public static List<DifferingSetting> of(List<Map<String, String>> runs) {
    TreeSet<String> keys = new TreeSet<>();
    runs.forEach(run -> keys.addAll(run.keySet()));
    keys.removeAll(NAMES);
    List<DifferingSetting> differing = new ArrayList<>();
    for (String key : keys) {
      List<String> known =
          runs.stream()
              .filter(run -> !run.isEmpty())
              .map(run -> run.getOrDefault(key, ""))
              .toList();
      if (known.stream().anyMatch(value -> !SettingsChange.same(known.get(0), value))) {
        differing.add(
            new DifferingSetting(
                key, runs.stream().map(run -> run.getOrDefault(key, "")).toList()));
      }
    }
    return differing;
  }

  /** The values of a run by key, from the settings that it has written; empty if incomplete. */
  public static Map<String, String> values(String hocon) {
    try {
      return SettingsChange.values(hocon);
    } catch (ConfigException beingWritten) {
      return Map.of();
    }
  }
}
