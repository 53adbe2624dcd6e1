package dev.larkspur.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a shell completion script. */
@Command(
    name = "completion",
    header = "Print a completion script for bash and zsh.",
    description = {
      "",
      "Add this line to ~/.bashrc or ~/.zshrc: source <(larkspur completion)",
      "zsh needs autoload -U +X bashcompinit && bashcompinit before it.",
      "",
      "Example: source <(larkspur completion)",
      ""
    })
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("larkspur", spec.root().commandLine()));
    out.flush();
  }
}
