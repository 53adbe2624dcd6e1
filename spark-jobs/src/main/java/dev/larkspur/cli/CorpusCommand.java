package dev.larkspur.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with a finished corpus. */
@Command(
    name = "corpus",
    header = "Verify a corpus, or show what is in it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CorpusVerifyCommand.class, CorpusStatsCommand.class})
final class CorpusCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Without a command there is nothing to do but show them. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
