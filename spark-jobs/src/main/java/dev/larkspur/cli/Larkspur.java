package dev.larkspur.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code larkspur}; {@link ExitCode} has what it exits with. */
@Command(
    name = "larkspur",
    header = "Trains low-rank transformer language models on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "",
    footer = {"", "larkspur COMMAND --help shows the options of a command."})
public final class Larkspur implements Runnable {

  /** The commands, in the order of their use: a new one needs a line here and nothing else. */
  private static final List<CommandGroup> COMMANDS =
      List.of(
          new CommandGroup("Begin", List.of(QuickstartCommand.class, SampleCorpusCommand.class)),
          new CommandGroup(
              "Data",
              List.of(
                  TrainTokenizerCommand.class,
                  TokenizerInfoCommand.class,
                  PrepareCommand.class,
                  CorpusCommand.class)),
          new CommandGroup(
              "Training",
              List.of(
                  DescribeCommand.class,
                  PlanCommand.class,
                  TrainCommand.class,
                  EvaluateCommand.class,
                  ScalingCommand.class)),
          new CommandGroup(
              "Use", List.of(GenerateCommand.class, ExportCommand.class, ImportCommand.class)),
          new CommandGroup("Speed", List.of(BenchmarkCommand.class)));

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of every failure.")
  private boolean verbose;

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    Logging.configure();
    System.exit(commandLine().execute(arguments));
  }

  /** The whole command line, ready to execute. */
  static CommandLine commandLine() {
    Larkspur larkspur = new Larkspur();
    CommandLine commandLine = new CommandLine(larkspur);
    CommandGroup.register(COMMANDS, commandLine);
    withHelp(commandLine);
    Errors errors = new Errors(() -> larkspur.verbose);
    return commandLine
        // A value such as @handle is a value, not a file of arguments.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
    command.getSubcommands().values().forEach(Larkspur::withHelp);
  }

  /** Without a command there is nothing to do but say so. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing the command to run");
  }
}
