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
 * A finished or interrupted run: its directory, and its settings, which the command line may
 * override.
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
   * @param options that override them
   * @throws BadInputException if the directory is not a run
   */
  Settings settings(SparkOptions sparkOptions, Purpose purpose, Shorthand... options) {
    // Options of the file system, including credentials, come from the command line.
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

  /** The message for a lost settings file; every checkpoint has a copy. */
  private String lost(RunDirectory run) {
    return new CheckpointStore(run)
        .newest()
        .map(checkpoint -> checkpoint.state().provenance().config())
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s is not the directory of a run (it has no %s): correct --run, or train first"
                        .formatted(dir, RunDirectory.CONFIG)));
  }
}
