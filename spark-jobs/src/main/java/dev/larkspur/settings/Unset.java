package dev.larkspur.settings;

/** Stops the use of a setting that the purpose of the settings did not demand. */
final class Unset {
  private Unset() {}

  static <T> T checked(String key, T value) {
    if (value == null) {
      throw new IllegalStateException(key + " is not set, and this command did not demand it");
    }
    return value;
  }
}
