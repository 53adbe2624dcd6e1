package dev.larkspur.cli;

import dev.larkspur.launch.Termination;
import dev.larkspur.report.Console;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Purpose;
import dev.larkspur.status.RunStatusReader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.watch.WatchServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves a page of the curves of runs, without starting Spark. */
@Command(
    name = "watch",
    header = "Show curves, settings and events of runs on a local page that follows them.",
    description = {
      "",
      "Reads run directories only, on any file system, and serves the page on 127.0.0.1 until"
          + " Ctrl-C. The page loads nothing from elsewhere. Runs that begin below the directories"
          + " appear within half a minute.",
      "",
      "Example: larkspur watch runs s3a://bucket/runs",
      ""
    })
final class WatchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "Directories of runs, or of several.")
  private List<String> directories;

  @Mixin private SettingsOptions settingsOptions;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--port",
      defaultValue = "0",
      paramLabel = "N",
      description = "Port on 127.0.0.1; 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--every",
      defaultValue = "5",
      paramLabel = "SECONDS",
      description =
          "Shortest time between two looks at the run directories (default: ${DEFAULT-VALUE}).")
  private int every;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = "Write the page as it is now into one HTML file, and serve nothing.")
  private Path export;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new BadInputException("--port is %d: give 0 to 65535".formatted(port));
    }
    RunStatusReader reader =
        new RunStatusReader(
            // Options of the file system, including credentials, come from the command line.
            sparkOptions.hadoop(settingsOptions.load(Purpose.SAMPLE)),
            InstantSource.system(),
            RunStatusReader.STALLED_AFTER);
    if (export != null) {
      return export(reader);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (WatchServer server =
            WatchServer.start(directories, reader, port, Duration.ofSeconds(Math.max(1, every)));
        Termination.Answering answering = Termination.answering()) {
      out.println(server.address());
      out.flush();
      Console.standard().say("Shows %s; Ctrl-C ends it".formatted(Count.of(server.runs(), "run")));
      // Until a signal ends the process.
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private int export(RunStatusReader reader) {
    try {
      Files.writeString(export, WatchServer.page(directories, reader));
    } catch (IOException e) {
      throw new BadInputException(
          "--export is %s, which cannot be written (%s): name a file in a directory that exists"
              .formatted(export, e.getMessage()),
          e);
    }
    return 0;
  }
}
