package dev.larkspur.cli;

import dev.larkspur.benchmark.CheckpointBenchmark;
import dev.larkspur.benchmark.CheckpointBenchmark.CheckpointReport;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.report.Console;
import dev.larkspur.report.JsonReport;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the cost of checkpoints. */
@Command(
    name = "checkpoint",
    header = "Measure the cost of checkpoints during training.",
    description = {
      "",
      "Measures how long a checkpoint blocks training, beside a copy of as many bytes in memory, and"
          + " steps while a checkpoint is written, beside steps without one. One worker on the CPU,"
          + " wall clock, in turn, medians. Model and batch come from the settings, by default those"
          + " of the quickstart.",
      "",
      "Example: larkspur benchmark checkpoint --conf conf/model/s.conf"
          + " --set training.workers=1 --set training.micro-batch=1 --set training.global-batch=1",
      ""
    })
final class BenchmarkCheckpointCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps between two checkpoints (default: ${DEFAULT-VALUE}).")
  private int steps = 10;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measure each N times and print medians (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description =
          "Directory of the run whose checkpoints are written (default: a temporary one).")
  private String directory;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (rounds < 1 || steps < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds and --steps must each be at least 1");
    }
    Settings settings = settingsOptions.overQuickstart("").load(Purpose.BENCHMARK);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, () -> hadoop, console::say).model();
    console.status("measuring checkpoints");
    CheckpointReport report;
    if (directory != null) {
      report = measure(settings, model, new RunDirectory(directory, hadoop));
    } else {
      try {
        Path folder = Files.createTempDirectory("larkspur-benchmark");
        try {
          report = measure(settings, model, new RunDirectory(folder.toString(), hadoop));
        } finally {
          FileUtils.deleteDirectory(folder.toFile());
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
    console.clearStatus();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(report) : text(report));
    out.flush();
  }

  private CheckpointReport measure(Settings settings, ModelConfig model, RunDirectory run) {
    TrainingSettings training = settings.training();
    int threads =
        training
            .compute()
            .threadsPerWorker()
            .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    try (Replica replica =
        Engines.named(training.compute().engine())
            .replica(model, Device.cpu(threads), training.compute().precision(), AdamW.PAPER)) {
      TokenBatch batch = new TokenBatch(training.microBatch(), model.context());
      int passes = Math.max(1, training.globalBatch() / training.microBatch());
      return new CheckpointBenchmark(replica, run, batch, passes, steps)
          .measure(rounds, model.vocabulary());
    }
  }

  private String text(CheckpointReport report) {
    return String.format(
        Locale.ROOT,
        """
        parameters        %,d; a checkpoint takes %.1f MiB
        copy in memory    %.3f s
        stall             %.3f s, %.2f times the copy
        %d steps          %.2f s
        with a checkpoint %.2f s: it costs %.1f %% of the speed\
        """,
        report.parameters(),
        report.bytes() / (double) (1 << 20),
        report.copySeconds(),
        report.stallSeconds(),
        report.stallInCopies(),
        steps,
        report.plainSeconds(),
        report.withCheckpointSeconds(),
        100 * report.cost());
  }
}
