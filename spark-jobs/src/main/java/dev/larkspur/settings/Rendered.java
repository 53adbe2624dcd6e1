package dev.larkspur.settings;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;

/** How values and their places read in messages. */
final class Rendered {
  private Rendered() {}

  static String value(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
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
