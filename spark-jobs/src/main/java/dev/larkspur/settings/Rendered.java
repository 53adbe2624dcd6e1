package dev.larkspur.settings;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;

/** Formats values and their locations for messages. */
final class Rendered {
  private static final int LONGEST = 200;

  private Rendered() {}

  /** A value for a message; a long one is truncated, and credentials in an address are hidden. */
  static String value(ConfigValue value) {
    return shortened(whole(value).replaceAll("(://)[^/\\s\"]*@", "$1***@"));
  }

  static String whole(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }

  static String shortened(String text) {
    return text.length() <= LONGEST
        ? text
        : "%s… (%,d characters)".formatted(text.substring(0, LONGEST), text.length());
  }

  /** {@code file:line}, as editors and terminals link it. */
  static String place(ConfigOrigin origin) {
    String line = ": " + origin.lineNumber();
    String text = origin.description();
    return text.endsWith(line)
        ? text.substring(0, text.length() - line.length()) + ":" + origin.lineNumber()
        : text;
  }
}
