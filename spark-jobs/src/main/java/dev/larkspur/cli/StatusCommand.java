package dev.larkspur.cli;

import dev.larkspur.report.JsonReport;
import dev.larkspur.report.RunStatusText;
import dev.larkspur.run.Json;
import dev.larkspur.settings.Purpose;
import dev.larkspur.status.RunState;
import dev.larkspur.status.RunStatus;
import dev.larkspur.status.RunStatusReader;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what runs are doing, without starting Spark. */
@Command(
    name = "status",
    header = "Show what a run is doing, or all runs below a directory.",
    description = {
      "",
      "Reads the run directory only, from wherever it can be reached. Exits with 0 if all runs are"
          + " completed, else with the code of the most urgent one: 1 failed; 4 dead or stalled;"
          + " 75 running; 3 stopped or not started; 2 if there is no run.",
      "",
      "Example: larkspur status --run hdfs:///runs/s-32",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the run, or of several.")
  private String dir;

  @Mixin private SettingsOptions settingsOptions;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--json",
      description = "Print one JSON object; of several runs, an array of them.")
  private boolean json;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "10",
      paramLabel = "SECONDS",
      description =
          "Wait for a run if there is none yet, and show it again every so many seconds (default:"
              + " 10), until nothing runs.")
  private Integer watch;

  @Option(
      names = "--stalled-after",
      defaultValue = "900",
      paramLabel = "SECONDS",
      description =
          "A run is stalled if its workers have reported nothing for so long: no step, no pass of a"
              + " validation, no checkpoint (default: ${DEFAULT-VALUE}).")
  private long stalledAfter;

  @Override
  public Integer call() throws InterruptedException {
    RunStatusReader reader =
        new RunStatusReader(
            // Options of the file system, including credentials, come from the command line.
            sparkOptions.hadoop(settingsOptions.load(Purpose.SAMPLE)),
            InstantSource.system(),
            Duration.ofSeconds(stalledAfter));
    PrintWriter out = spec.commandLine().getOut();
    awaitRun(reader);
    while (true) {
      List<RunStatus> runs = reader.read(dir);
      out.println(json ? jsonOf(runs) : RunStatusText.of(runs));
      out.flush();
      List<RunState> states = runs.stream().map(RunStatus::state).toList();
      if (watch == null || states.stream().noneMatch(RunState::isActive)) {
        return RunState.mostUrgent(states).exitCode();
      }
      TimeUnit.SECONDS.sleep(Math.max(1, watch));
      if (!json) {
        out.println();
      }
    }
  }

  /** A submitted driver takes a while to start; without {@code --watch} there must be a run. */
  private void awaitRun(RunStatusReader reader) throws InterruptedException {
    boolean announced = false;
    while (watch != null && reader.find(dir).isEmpty()) {
      if (!announced) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("larkspur: there is no run in %s yet, waiting for one ...".formatted(dir));
        err.flush();
        announced = true;
      }
      TimeUnit.SECONDS.sleep(Math.max(1, watch));
    }
  }

  private static String jsonOf(List<RunStatus> runs) {
    return runs.size() == 1
        ? JsonReport.of(Json.write(runs.get(0)))
        : JsonReport.of(runs.stream().map(Json::write).toList());
  }
}
