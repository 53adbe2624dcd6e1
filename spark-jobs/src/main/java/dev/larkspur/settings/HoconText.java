package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.List;

/** Parses HOCON, which the library does by recursion and without bounds. */
final class HoconText {
  private static final int DEEPEST = 100;

  private HoconText() {}

  /**
   * The tree of a text, its substitutions still open.
   *
   * @throws ConfigException if it is not HOCON
   * @throws SettingsException if it is nested too deeply
   */
  static Config parse(String name, String text, ConfigIncluder includer) {
    int line = tooDeep(text);
    if (line > 0) {
      throw new SettingsException(
          List.of(
              new SettingsProblem(
                  name + ":" + line,
                  "",
                  "",
                  "brackets are nested more than %d deep".formatted(DEEPEST),
                  "write it flatter; no setting has so many levels")));
    }
    return ConfigFactory.parseString(
        text,
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(name)
            .setIncluder(includer));
  }

  /** The first line that is nested too deeply; 0 if there is none. */
  private static int tooDeep(String text) {
    int depth = 0;
    int line = 1;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\n' -> line++;
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> i = endOfString(text, i);
        case '#' -> i = endOfLine(text, i);
        case '/' -> i = text.startsWith("//", i) ? endOfLine(text, i) : i;
        default -> {}
      }
      if (depth > DEEPEST) {
        return line;
      }
    }
    return 0;
  }

  /** The closing quote; a string that is not closed in its line is wrong HOCON. */
  private static int endOfString(String text, int quote) {
    if (text.startsWith("\"\"\"", quote)) {
      int end = text.indexOf("\"\"\"", quote + 3);
      return end < 0 ? text.length() : end + 2;
    }
    int i = quote + 1;
    while (i < text.length() && text.charAt(i) != '"' && text.charAt(i) != '\n') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i < text.length() && text.charAt(i) == '\n' ? i - 1 : i;
  }

  /** Just before the line break, which is counted. */
  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end - 1;
  }
}
