package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.settings.SettingsProblem.HoconProblem;
import java.util.List;
import java.util.regex.Pattern;

/** One {@code --set key=value}. */
final class Assignment {
  static final String WHERE = "--set";

  /**
   * Values that are read as HOCON. All others are taken as they are, so that paths, URIs and globs
   * need no quotes inside the shell's.
   */
  private static final Pattern HOCON =
      Pattern.compile("(?s)\\s*([\\[{\"].*|null|true|false|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?)\\s*");

  private Assignment() {}

  /**
   * The tree with only this value.
   *
   * @throws SettingsException if it has no key or its value is not valid HOCON
   */
  static Config parse(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw refused(assignment, "is not key=value");
    }
    String key = assignment.substring(0, equals).strip();
    try {
      return value(assignment.substring(equals + 1)).atPath(key);
    } catch (ConfigException e) {
      throw refused(assignment, HoconProblem.of(e).message());
    }
  }

  private static ConfigValue value(String text) {
    return HOCON.matcher(text).matches()
        ? Includes.parse(SettingsFile.ofText(WHERE, "value = " + text))
            .root()
            .get("value")
            .withOrigin(ConfigOriginFactory.newSimple(WHERE))
        : ConfigValueFactory.fromAnyRef(text, WHERE);
  }

  private static SettingsException refused(String assignment, String message) {
    return new SettingsException(
        List.of(
            new SettingsProblem(
                WHERE, assignment, "", message, "write, for example, --set training.steps=1000")));
  }
}
