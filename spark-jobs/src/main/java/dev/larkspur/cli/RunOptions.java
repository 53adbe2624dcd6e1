package dev.larkspur.cli;

import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A finished or interrupted run: its directory, and its settings, which the command line may still
 * change.
 */
final class RunOptions {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the run (its run.dir).")
  private String dir;

  @Mixin private SettingsOptions settingsOptions;

  String dir() {
    return dir;
  }

  /**
   * The settings that the run was trained with.
   *
   * @param options over them
   * @throws BadInputException if the directory is not that of a run
   */
  Settings settings(SparkOptions sparkOptions, Purpose purpose, Shorthand... options) {
    // What reaches the file system, credentials included, comes from the command line.
    Configuration hadoop = sparkOptions.hadoop(settingsOptions.load(Purpose.SAMPLE));
    RunDirectory run = new RunDirectory(dir, hadoop);
    String config = run.path(RunDirectory.CONFIG).toString();
    String text = run.has(RunDirectory.CONFIG) ? run.readText(RunDirectory.CONFIG) : lost(run);
    SettingsLoader loader = settingsOptions.overRun(config, text);
    for (Shorthand option : options) {
      option.addTo(loader);
    }
    return loader.load(purpose);
  }

  /** Every checkpoint has the settings too. */
  private String lost(RunDirectory run) {
    return new CheckpointStore(run)
        .newest()
        .map(checkpoint -> checkpoint.state().provenance().config())
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s is not a run's directory (there is no %s): correct --run, or train first"
                        .formatted(dir, RunDirectory.CONFIG)));
  }
}
