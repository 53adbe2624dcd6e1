package dev.larkspur.cli;

import dev.larkspur.settings.SettingsLoader;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * Options that name what a command reads or writes. Each has the same meaning in every command, and
 * is short for a setting.
 */
final class PathOptions {
  private PathOptions() {}

  /** An option that is short for a setting, and overrides {@code --conf} and {@code --set}. */
  interface Shorthand {
    /** Adds the setting if the option is given. */
    void addTo(SettingsLoader loader);
  }

  /** Documents that a command reads. */
  static final class DocumentsOption implements Shorthand {
    private static final String NAME = "--documents";

    @Option(
        names = NAME,
        paramLabel = "PATH",
        description = {
          "Documents to read: a file, a directory or a glob (short for data.documents).",
          "May be repeated."
        })
    private List<String> paths;

    @Override
    public void addTo(SettingsLoader loader) {
      loader.option(NAME, "data.documents", paths);
    }
  }

  /** The tokenizer that a command reads. */
  static final class TokenizerOption implements Shorthand {
    private static final String NAME = "--tokenizer";

    @Option(
        names = NAME,
        paramLabel = "TOKENIZER",
        description = "gpt2, or the path of a tokenizer file (short for data.tokenizer).")
    private String name;

    @Override
    public void addTo(SettingsLoader loader) {
      loader.option(NAME, "data.tokenizer", name);
    }
  }

  /** The corpus that a command reads or writes. */
  static final class CorpusOption implements Shorthand {
    private static final String NAME = "--corpus";

    @Option(
        names = NAME,
        paramLabel = "DIR",
        description = "Directory of the corpus (short for data.corpus).")
    private String dir;

    @Override
    public void addTo(SettingsLoader loader) {
      loader.option(NAME, "data.corpus", dir);
    }
  }

  /** The run that a command writes. */
  static final class RunOption implements Shorthand {
    private static final String NAME = "--run";

    @Option(
        names = NAME,
        paramLabel = "DIR",
        description = "Directory of the run (short for run.dir).")
    private String dir;

    @Override
    public void addTo(SettingsLoader loader) {
      loader.option(NAME, "run.dir", dir);
    }
  }
}
