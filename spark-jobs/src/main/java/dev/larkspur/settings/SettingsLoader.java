package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.SettingsException.SettingsProblem.HoconProblem;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Loads settings: the defaults, then files, each over the earlier ones, then assignments over all
 * files, then options over both. Not thread-safe.
 */
public final class SettingsLoader {
  private static final String REFERENCE = "conf/reference.conf";

  private final List<Supplier<Config>> files = new ArrayList<>();
  private final List<String> assignments = new ArrayList<>();
  private final List<Config> options = new ArrayList<>();

  /** Adds a file: a path on disk or, if there is no such file, the name of a packaged preset. */
  public SettingsLoader file(String path) {
    files.add(() -> Includes.parse(found(path)));
    return this;
  }

  /**
   * Adds settings from text instead of a file.
   *
   * @param name what messages call them
   * @param hocon their text; its includes can only name packaged presets
   */
  public SettingsLoader text(String name, String hocon) {
    files.add(() -> Includes.parse(SettingsFile.ofText(name, hocon)));
    return this;
  }

  /**
   * Adds the settings that a run has written. They may come from another user, so includes and
   * environment variables are not resolved, and the only Spark properties taken are those that size
   * its processes.
   *
   * @param name what messages call them
   * @param hocon their text
   */
  public SettingsLoader run(String name, String hocon) {
    files.add(
        () -> {
          Config written = Includes.parse(SettingsFile.ofRun(name, hocon));
          try {
            return SparkTree.sizesOnly(
                Substitutions.resolve(
                    written, ConfigResolveOptions.defaults().setUseSystemEnvironment(false)));
          } catch (ConfigException e) {
            throw new SettingsException(List.of(HoconProblem.of(e)));
          }
        });
    return this;
  }

  /** Adds {@code key=value}, which overrides all files, in any order of calls. */
  public SettingsLoader set(String assignment) {
    assignments.add(assignment);
    return this;
  }

  /**
   * Adds the value of a command's option, which overrides files and assignments.
   *
   * @param name its name in messages
   * @param value a string or a list of strings, taken as they are; null if the option is not given
   */
  public SettingsLoader option(String name, String key, Object value) {
    if (value != null) {
      options.add(ConfigValueFactory.fromAnyRef(value, name).atPath(key));
    }
    return this;
  }

  /**
   * Merges, resolves and checks.
   *
   * @throws SettingsException with all problems found
   */
  public Settings load(Purpose purpose) {
    Schema schema = schema();
    try {
      return new SettingsReader(resolve(schema), schema, purpose).read();
    } catch (StackOverflowError e) {
      throw new SettingsException(
          List.of(
              new SettingsProblem(
                  "", "", "", "settings are nested too deeply", "write them flatter")));
    }
  }

  static Schema schema() {
    return new Schema(
        Includes.parse(
            SettingsFile.packaged(REFERENCE)
                .orElseThrow(
                    () -> new IllegalStateException(REFERENCE + " is not on the class path"))));
  }

  private Config resolve(Schema schema) {
    List<SettingsProblem> problems = new ArrayList<>();
    Config merged = schema.defaults();
    List<Supplier<Config>> layers = new ArrayList<>(files);
    assignments.forEach(assignment -> layers.add(() -> Assignment.parse(assignment)));
    options.forEach(option -> layers.add(() -> option));
    for (Supplier<Config> layer : layers) {
      try {
        merged = layer.get().withFallback(merged);
      } catch (SettingsException e) {
        problems.addAll(e.problems());
      }
    }
    // A tree without the invalid layers would only cause false problems.
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    try {
      return Substitutions.resolve(merged, ConfigResolveOptions.defaults());
    } catch (ConfigException e) {
      throw new SettingsException(List.of(HoconProblem.of(e)));
    }
  }

  private static SettingsFile found(String path) {
    try {
      return SettingsFile.find(path)
          .orElseThrow(
              () ->
                  new SettingsException(
                      List.of(
                          new SettingsProblem(
                              path,
                              "",
                              "",
                              "there is no such file, and no packaged preset of that name",
                              "correct the path; presets are conf/quickstart.conf and those below"
                                  + " conf/model, conf/ffn, conf/schedule and conf/paper"))));
    } catch (UncheckedIOException e) {
      throw new SettingsException(
          List.of(
              new SettingsProblem(
                  path,
                  "",
                  "",
                  "cannot be read: " + e.getCause(),
                  "name a readable text file in UTF-8")));
    }
  }

  /** One {@code --set key=value}. */
  static final class Assignment {
    static final String WHERE = "--set";

    /**
     * Values that are parsed as HOCON. All others are taken literally, so that paths, URIs and
     * globs need no quotes besides the shell's.
     */
    private static final Pattern HOCON =
        Pattern.compile(
            "(?s)\\s*([\\[{\"].*|null|true|false|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?)\\s*");

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
                  WHERE,
                  assignment,
                  "",
                  message,
                  "write, for example, --set training.steps=1000")));
    }
  }
}
