package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Parses a file and what it includes. Unlike the library's own includer it treats a missing file as
 * an error, finds the presets that are packaged in the jar also by way of {@code ../}, and asks no
 * network.
 */
final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final int DEEPEST = 32;

  private final SettingsFile file;
  private final int depth;

  private Includes(SettingsFile file, int depth) {
    this.file = file;
    this.depth = depth;
  }

  /**
   * The tree of a file, its substitutions still open.
   *
   * @throws SettingsException if the file or an included one is not valid HOCON or is missing
   */
  static Config parse(SettingsFile file) {
    return parse(file, 0);
  }

  private static Config parse(SettingsFile file, int depth) {
    try {
      return HoconText.parse(file.name(), file.text(), new Includes(file, depth));
    } catch (ConfigException e) {
      throw new SettingsException(List.of(HoconProblem.of(e)));
    }
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    SettingsFile included = find(what).orElseThrow(() -> notThere(what));
    if (depth == DEEPEST) {
      throw refused(what, "the includes form a circle", "take one of them out");
    }
    return parse(included, depth + 1).root();
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return include(context, what.getPath());
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    SettingsFile preset = SettingsFile.packaged(what).orElseThrow(() -> notThere(what));
    return parse(preset, depth + 1).root();
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

  private SettingsException notThere(String what) {
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
}
