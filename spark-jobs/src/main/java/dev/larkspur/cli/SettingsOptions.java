package dev.larkspur.cli;

import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command's settings come from. */
final class SettingsOptions {
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
   * The settings for a purpose.
   *
   * @throws dev.larkspur.settings.SettingsException with all problems found
   */
  Settings load(Purpose purpose) {
    return loader().load(purpose);
  }

  private SettingsLoader assigned(SettingsLoader loader) {
    assignments.forEach(loader::set);
    return loader;
  }
}
