package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.SettingsException.SettingsProblem.HoconProblem;
import java.io.File;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Parses a file and the files it includes. Unlike the library's includer, it treats a missing file
 * as an error, also finds presets packaged in the jar through {@code ../}, and never accesses the
 * network.
 */
final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final int DEEPEST = 32;

  private final SettingsFile file;
  private final Consumer<SettingsFile> reader;
  private final int depth;

  private Includes(SettingsFile file, Consumer<SettingsFile> reader, int depth) {
    this.file = file;
    this.reader = reader;
    this.depth = depth;
  }

  /**
   * The tree of a file, with substitutions not yet resolved.
   *
   * @throws SettingsException if the file or an included one is not valid HOCON or is missing
   */
  static Config parse(SettingsFile file) {
    return parse(file, read -> {});
  }

  /** The same; {@code reader} receives the file and each that is included. */
  static Config parse(SettingsFile file, Consumer<SettingsFile> reader) {
    return parse(file, reader, 0);
  }

  private static Config parse(SettingsFile file, Consumer<SettingsFile> reader, int depth) {
    reader.accept(file);
    try {
      return HoconText.parse(file.name(), file.text(), new Includes(file, reader, depth));
    } catch (ConfigException e) {
      throw new SettingsException(List.of(HoconProblem.of(e)));
    }
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    SettingsFile included = find(what).orElseThrow(() -> notFound(what));
    if (depth == DEEPEST) {
      throw refused(what, "the includes form a cycle", "remove one of them");
    }
    return parse(included, reader, depth + 1).root();
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return include(context, what.getPath());
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    SettingsFile preset = SettingsFile.packaged(what).orElseThrow(() -> notFound(what));
    return parse(preset, reader, depth + 1).root();
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw refused(
        what.toString(),
        "is an address: settings are not fetched from elsewhere",
        "copy the file beside this one, and include the copy");
  }

  private Optional<SettingsFile> find(String what) {
    try {
      return file.include(what);
    } catch (UncheckedIOException e) {
      throw refused(
          what, "cannot be read: " + e.getCause(), "include a readable text file in UTF-8");
    } catch (InvalidPathException e) {
      throw refused(what, "is not a path: " + e.getReason(), "correct the path");
    }
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  private SettingsException notFound(String what) {
    return refused(
        what,
        "there is no such file beside %s, and no packaged preset of that name"
            .formatted(file.name()),
        "correct the path; it is relative to the file that includes it");
  }

  private SettingsException refused(String what, String message, String remedy) {
    return new SettingsException(
        List.of(new SettingsProblem(place(what), "include \"" + what + "\"", "", message, remedy)));
  }

  private String place(String what) {
    List<String> lines = file.text().lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).contains("include") && lines.get(i).contains(what))
        .mapToObj(i -> file.name() + ":" + (i + 1))
        .findFirst()
        .orElse(file.name());
  }

  /**
   * Parses HOCON. Limits the nesting first, because the library's parser is recursive and has no
   * limit.
   */
  private static final class HoconText {
    private static final int DEEPEST = 100;

    private HoconText() {}

    /**
     * The tree of a text, with substitutions not yet resolved.
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

    /**
     * Index of the closing quote. A quoted string that is not closed on its line is invalid HOCON.
     */
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

    /** Index before the line break, so that the caller counts the line. */
    private static int endOfLine(String text, int from) {
      int end = text.indexOf('\n', from);
      return end < 0 ? text.length() : end - 1;
    }
  }
}
