package dev.larkspur.cli;

import dev.larkspur.report.JsonReport;
import dev.larkspur.report.RunsText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.status.ComparedRun;
import dev.larkspur.status.RunStatusReader;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists runs and what distinguishes them, without starting Spark. */
@Command(
    name = "runs",
    header = "List the runs below a directory: state, steps, losses, and settings that differ.",
    description = {
      "",
      "Reads run directories only, on any file system.",
      "",
      "Example: larkspur runs runs/scaling-laptop",
      ""
    })
final class RunsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Directory of runs.")
  private String directory;

  @Mixin private SettingsOptions settingsOptions;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(names = "--json", description = "Print an array of JSON objects.")
  private boolean json;

  @Override
  public void run() {
    RunStatusReader reader =
        new RunStatusReader(
            // Options of the file system, including credentials, come from the command line.
            sparkOptions.hadoop(settingsOptions.load(Purpose.SAMPLE)),
            InstantSource.system(),
            RunStatusReader.STALLED_AFTER);
    List<ComparedRun> runs = ComparedRun.read(directory, reader);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(runs) : RunsText.of(runs));
    out.flush();
  }
}
