package dev.larkspur.settings;

/**
 * One thing wrong in the settings.
 *
 * @param where file and line, or {@code --set}; empty where there is none to name
 * @param key the setting; empty for a file that cannot be read
 * @param value what it was set to, as HOCON; empty if it is not set
 * @param message what is wrong with it
 * @param remedy what to change
 */
public record SettingsProblem(
    String where, String key, String value, String message, String remedy) {

  /** This problem of a key inside a group. */
  SettingsProblem under(String group) {
    return new SettingsProblem(where, group + key, value, message, remedy);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(where);
    if (!key.isEmpty()) {
      text.append(where.isEmpty() ? "" : ": ").append(key);
      text.append(value.isEmpty() ? "" : " = " + value);
    }
    return text.append("\n    ").append(message).append("\n    ").append(remedy).toString();
  }
}
