package dev.larkspur.settings;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;

/** What the HOCON library refuses, in the form of all other problems. */
final class HoconProblem {
  private HoconProblem() {}

  static SettingsProblem of(ConfigException e) {
    ConfigOrigin origin = e.origin();
    String where = origin == null ? "" : Rendered.place(origin);
    String message = e.getMessage();
    if (origin != null && message.startsWith(origin.description() + ": ")) {
      message = message.substring(origin.description().length() + 2);
    }
    String remedy =
        e instanceof ConfigException.UnresolvedSubstitution
            ? "correct the name, set the variable in the environment, or write ${?NAME} for one that"
                + " may be missing"
            : "correct the HOCON there";
    return new SettingsProblem(where, "", "", Rendered.shortened(message), remedy);
  }
}
