package dev.larkspur.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures parts of Larkspur: one subcommand for each. */
@Command(
    name = "benchmark",
    header = "Measure how fast a part of Larkspur is on this machine.",
    description = {"", "Example: larkspur benchmark prepare --tokenizer gpt2", ""},
    subcommands = {
      BenchmarkFfnCommand.class,
      BenchmarkModelCommand.class,
      BenchmarkDecodeCommand.class,
      BenchmarkPrepareCommand.class,
      BenchmarkExchangeCommand.class,
      BenchmarkCheckpointCommand.class
    },
    synopsisSubcommandLabel = "PART")
final class BenchmarkCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
