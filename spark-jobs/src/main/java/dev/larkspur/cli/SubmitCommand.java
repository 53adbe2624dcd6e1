package dev.larkspur.cli;

import dev.larkspur.launch.ExitCode;
import dev.larkspur.logging.Logging;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.submit.Submission;
import dev.larkspur.submit.SubmitArguments;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import picocli.CommandLine.UnmatchedArgumentException;

/** Hands a command to spark-submit. */
@Command(
    name = SubmitCommand.NAME,
    header = "Hand a command to spark-submit, in client or cluster mode.",
    customSynopsis =
        "larkspur submit [--dry-run] [--application=URL] [OPTIONS OF spark-submit] COMMAND [OPTIONS"
            + " OF COMMAND]",
    description = {
      "",
      "Options before COMMAND are those of SPARK_HOME's spark-submit, all that it has; options"
          + " after it are those of COMMAND. The command line is checked here. What is not set is"
          + " derived: the application's name from run.name, the driver's memory, and for a"
          + " training on YARN or Kubernetes the number of executors and their memory from what"
          + " describe shows. In cluster mode the files of --conf, with those that they include,"
          + " travel to the driver.",
      "",
      "Example: larkspur submit --master yarn --deploy-mode cluster --queue research train"
          + " --conf small.conf --run hdfs:///runs/small",
      ""
    })
final class SubmitCommand implements Callable<Integer> {
  static final String NAME = "submit";

  /** Names the file that takes the words of the command line, each ended by NUL. */
  static final String HANDOVER = "LARKSPUR_EXEC";

  @Spec private CommandSpec spec;
  @Unmatched private List<String> words = new ArrayList<>();

  @Option(
      names = SubmitArguments.DRY_RUN,
      description = "Submit nothing; print the command line of spark-submit.")
  private boolean dryRun;

  @Option(
      names = SubmitArguments.APPLICATION,
      paramLabel = "URL",
      description =
          "Where the cluster has larkspur.jar, for example local:///opt/larkspur/larkspur.jar or"
              + " hdfs:///lib/larkspur.jar (default: this one, which spark-submit hands over).")
  private String application;

  /** Options after the first that is not this command's own belong to others. */
  static void leaveTheRest(CommandLine submit) {
    submit.setStopAtUnmatched(true);
  }

  @Override
  public Integer call() {
    Map<String, String> environment = System.getenv();
    SubmitArguments given = SubmitArguments.parse(words);
    // They may also follow options of spark-submit.
    dryRun |= given.own().dryRun();
    application = given.own().application() == null ? application : given.own().application();
    if (given.command().isEmpty()) {
      return handOver(Submission.managementCommand(given, environment), environment);
    }
    CommandLine larkspur = Larkspur.commandLine().setOut(spec.commandLine().getOut());
    ParseResult parsed = parse(larkspur, given.command());
    Integer helped = CommandLine.executeHelpRequest(parsed);
    return helped != null
        ? helped
        : handOver(line(given, new SubmittedCommand(parsed), environment), environment);
  }

  private ParseResult parse(CommandLine larkspur, List<String> command) {
    try {
      return larkspur.parseArgs(command.toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      PrintWriter notes = spec.commandLine().getErr();
      notes.println("Options of spark-submit go before the command.");
      notes.flush();
      throw e;
    }
  }

  private List<String> line(
      SubmitArguments given, SubmittedCommand command, Map<String, String> environment) {
    Settings settings = command.settings();
    SubmitArguments arguments = given.withMaster(command.master(settings));
    AddOnJar addOn = AddOnJar.of(given.command(), environment);
    PrintWriter notes = spec.commandLine().getErr();
    Submission submission =
        new Submission(arguments, command.planned(settings, addOn, notes::println), environment);
    notes.flush();
    return submission.words(
        application != null ? application : applicationJar(), Logging.configuration());
  }

  private static String applicationJar() {
    return SparkOptions.applicationJar()
        .map(Path::toString)
        .orElseThrow(
            () ->
                new BadInputException(
                    "Larkspur does not run from its jar here: name it with --application"));
  }

  /** Prints the command line, or gives it to the launcher, which becomes that process. */
  private int handOver(List<String> line, Map<String, String> environment) {
    if (dryRun) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(line.stream().map(SubmitCommand::quoted).collect(Collectors.joining(" ")));
      out.flush();
      return ExitCode.DONE;
    }
    String file = environment.get(HANDOVER);
    if (file == null) {
      throw new BadInputException(
          "submit only makes the command line: start it with deploy/larkspur, which runs that, or"
              + " print it with --dry-run");
    }
    try {
      Files.writeString(
          Path.of(file), line.stream().map(word -> word + '\0').collect(Collectors.joining()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    return ExitCode.DONE;
  }

  /** A word as a shell reads it. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
