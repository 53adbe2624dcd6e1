package dev.larkspur.cli;

import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command's settings come from. */
final class SettingsOptions {
  /** For benchmarks that measure all kinds of feed-forward networks, whatever the settings have. */
  static final String ALL_KINDS = "model.ffn { kind = dense, rank-fraction = null }\n";

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = {
        "Settings (HOCON), or a packaged preset such as conf/model/s.conf.",
        "May be repeated: later files win."
      })
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {"One setting, over all files.", "May be repeated."})
  private List<String> assignments = new ArrayList<>();

  /** Files and assignments as given; a command may add its own. */
  SettingsLoader loader() {
    SettingsLoader loader = new SettingsLoader();
    files.forEach(loader::file);
    return assigned(loader);
  }

  /** Files and assignments over the settings that a run has left. */
  SettingsLoader overRun(String name, String hocon) {
    SettingsLoader loader = new SettingsLoader().run(name, hocon);
    files.forEach(loader::file);
    return assigned(loader);
  }

  /** Files and assignments over a command's own settings. */
  SettingsLoader over(String name, String hocon) {
    SettingsLoader loader = new SettingsLoader().text(name, hocon);
    files.forEach(loader::file);
    return assigned(loader);
  }

  /**
   * Files and assignments over those of the quickstart, of which none stands in the way of another
   * that means the same.
   *
   * @param more settings in HOCON, over the quickstart's
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
   * The settings for a purpose.
   *
   * @param options over files and assignments
   * @throws dev.larkspur.settings.SettingsException with all problems found
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
