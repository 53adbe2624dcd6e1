package dev.larkspur.cli;

import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A corpus, and how its file system is reached. */
final class CorpusOptions {
  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the corpus (its data.corpus).")
  private String dir;

  @Mixin private SettingsOptions settingsOptions;

  String dir() {
    return dir;
  }

  Settings settings() {
    return settingsOptions.load(Purpose.SAMPLE);
  }
}
