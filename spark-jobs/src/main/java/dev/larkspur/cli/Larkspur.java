package dev.larkspur.cli;

import dev.larkspur.launch.Errors;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.launch.NameEncoding;
import dev.larkspur.launch.NativeTuning;
import dev.larkspur.launch.ProcessExit;
import dev.larkspur.launch.SparkVersion;
import dev.larkspur.launch.Termination;
import dev.larkspur.launch.Version;
import dev.larkspur.logging.Logging;
import dev.larkspur.report.Console;
import dev.larkspur.report.StandardOutput;
import dev.larkspur.storage.FileNames;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code larkspur}. {@link ExitCode} lists its exit codes. */
@Command(
    name = "larkspur",
    header = "Trains low-rank transformer language models on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "",
    footer = {
      "",
      "These options have the same meaning in every command, whether it reads or writes:",
      "--documents, --tokenizer, --corpus, --run, --model, --report. Some are short for a setting;"
          + " they override --set KEY=VALUE, which overrides --conf FILE.",
      "",
      "larkspur COMMAND --help shows the options of a command."
    })
public final class Larkspur implements Runnable {

  /** The commands, in the order of their use. A new command is registered here. */
  private static final List<CommandGroup> COMMANDS =
      List.of(
          new CommandGroup(
              "Begin",
              List.of(QuickstartCommand.class, SampleCorpusCommand.class, SampleTaskCommand.class)),
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
                  StatusCommand.class,
                  RunsCommand.class,
                  WatchCommand.class,
                  EvaluateCommand.class,
                  ScalingCommand.class)),
          new CommandGroup(
              "Use", List.of(GenerateCommand.class, ExportCommand.class, ImportCommand.class)),
          new CommandGroup("Speed", List.of(BenchmarkCommand.class)),
          new CommandGroup("Clusters", List.of(SubmitCommand.class)),
          new CommandGroup("Machine", List.of(DoctorCommand.class)),
          new CommandGroup("Shell", List.of(CompletionCommand.class)));

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of every failure.")
  private boolean verbose;

  /**
   * Runs a command and ends the JVM with its exit code; see {@link ProcessExit} for YARN's cluster
   * mode, in which it returns.
   */
  public static void main(String[] arguments) {
    Logging.configure();
    NativeTuning.liftLimits();
    Console console = Console.redirectStandardError();
    Optional<String> otherSpark = SparkVersion.problem();
    if (otherSpark.isPresent()) {
      console.say("larkspur: " + otherSpark.get());
      ProcessExit.with(ExitCode.BAD_INPUT);
      return;
    }
    Termination.install(console);
    ProcessExit.with(run(arguments));
  }

  private static int run(String[] arguments) {
    PrintWriter out = StandardOutput.ofProcess();
    int exitCode =
        commandLine(() -> NameEncoding.problem(FileNames.encoding()))
            .setOut(out)
            .execute(arguments);
    try {
      out.flush();
    } catch (StandardOutput.FailedException e) {
      return Errors.report(e, Console.standard()::say);
    }
    return exitCode;
  }

  /** The command line, ready to execute. */
  static CommandLine commandLine() {
    return commandLine(Optional::empty);
  }

  private static CommandLine commandLine(Supplier<Optional<String>> obstacle) {
    Larkspur larkspur = new Larkspur();
    CommandLine commandLine = new CommandLine(larkspur);
    CommandGroup.register(COMMANDS, commandLine);
    SubmitCommand.leaveTheRest(commandLine.getSubcommands().get(SubmitCommand.NAME));
    withHelp(commandLine);
    commandLine.addSubcommand(new HelpCommand());
    Errors errors = new Errors(() -> larkspur.verbose);
    return commandLine
        // A value such as @handle is not a file of arguments.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setExecutionStrategy(parsed -> execute(parsed, obstacle));
  }

  private static int execute(ParseResult parsed, Supplier<Optional<String>> obstacle) {
    CommandLine command = parsed.commandSpec().commandLine();
    try {
      Integer helped = CommandLine.executeHelpRequest(parsed);
      if (helped != null) {
        return helped;
      }
      Optional<String> problem = obstacle.get();
      if (problem.isPresent()) {
        command.getErr().println("larkspur: " + problem.get());
        command.getErr().flush();
        return ExitCode.BAD_INPUT;
      }
      return new RunLast().execute(parsed);
    } catch (StandardOutput.FailedException
        | StackOverflowError
        | OutOfMemoryError
        | LinkageError e) {
      throw new ExecutionException(command, e.toString(), e);
    }
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
    FormerOptions.addTo(command);
    command.getSubcommands().values().forEach(Larkspur::withHelp);
  }

  /** Without a command, shows the commands. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /**
   * Commands under one heading of the help.
   *
   * @param heading without a colon
   * @param commands classes annotated with picocli's {@code Command}, in the order of their use
   */
  private record CommandGroup(String heading, List<Class<?>> commands) {
    private static final int INDENT = 2;
    private static final int GAP = 2;

    CommandGroup {
      commands = List.copyOf(commands);
    }

    /** Registers the commands, and groups them in the help. */
    static void register(List<CommandGroup> groups, CommandLine commandLine) {
      for (CommandGroup group : groups) {
        group.commands.forEach(command -> commandLine.addSubcommand(command));
      }
      commandLine
          .getHelpSectionMap()
          .put(
              UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
              help ->
                  groups.stream()
                      .map(group -> group.render(help))
                      .collect(Collectors.joining(System.lineSeparator())));
    }

    private String render(Help help) {
      List<Help> shown =
          help.subcommands().values().stream()
              .filter(sub -> commands.contains(sub.commandSpec().userObject().getClass()))
              .toList();
      int widest =
          help.subcommands().keySet().stream().mapToInt(String::length).max().orElse(0) + INDENT;
      int width = help.commandSpec().usageMessage().width();
      TextTable table =
          TextTable.forColumns(
              help.colorScheme(),
              new Column(widest + GAP, INDENT, Overflow.SPAN),
              new Column(width - widest - GAP, 0, Overflow.WRAP));
      for (Help sub : shown) {
        table.addRowValues(
            sub.commandSpec().name(), String.join(" ", sub.commandSpec().usageMessage().header()));
      }
      return "%n%s:%n%s".formatted(heading, table);
    }
  }
}
