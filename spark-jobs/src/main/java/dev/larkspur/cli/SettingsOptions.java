package dev.larkspur.cli;

import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that select settings. */
final class SettingsOptions {
  /** Overrides for benchmarks that measure all kinds of feed-forward networks. */
  static final String ALL_KINDS = "model.ffn { kind = dense, rank-fraction = null }\n";

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = {
        "File of settings (HOCON), or a packaged preset such as conf/model/s.conf.",
        "May be repeated: later files override earlier ones."
      })
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {"One setting; overrides all files.", "May be repeated."})
  private List<String> assignments = new ArrayList<>();

  /** The files that were given, in their order. */
  List<String> files() {
    return List.copyOf(files);
  }

  /** A loader with the given files and assignments, to which a command may add its own. */
  SettingsLoader loader() {
    SettingsLoader loader = new SettingsLoader();
    files.forEach(loader::file);
    return assigned(loader);
  }

  /** A loader with the given files and assignments over the settings of a run. */
  SettingsLoader overRun(String name, String hocon) {
    SettingsLoader loader = new SettingsLoader().run(name, hocon);
    files.forEach(loader::file);
    return assigned(loader);
  }

  /** A loader with the given files and assignments over a command's own settings. */
  SettingsLoader over(String name, String hocon) {
    SettingsLoader loader = new SettingsLoader().text(name, hocon);
    files.forEach(loader::file);
    return assigned(loader);
  }

  /**
   * A loader with the given files and assignments over those of the quickstart; its settings do not
   * conflict with equivalent ones.
   *
   * @param more settings in HOCON that override the quickstart's
   */
  SettingsLoader overQuickstart(String more) {
    return over(
        "the benchmark",
        """
        include "conf/quickstart.conf"
        training.steps = null
        """
            + more);
  }

  /**
   * Loads the settings for a purpose.
   *
   * @param options that override files and assignments
   * @throws dev.larkspur.settings.SettingsException with all problems that were found
   */
  Settings load(Purpose purpose, Shorthand... options) {
    SettingsLoader loader = loader();
    for (Shorthand option : options) {
      option.addTo(loader);
    }
    return loader.load(purpose);
  }

  private SettingsLoader assigned(SettingsLoader loader) {
    assignments.forEach(loader::set);
    return loader;
  }
}
