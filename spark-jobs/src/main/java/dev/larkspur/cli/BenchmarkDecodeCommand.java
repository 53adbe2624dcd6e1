package dev.larkspur.cli;

import dev.larkspur.benchmark.DecodeBenchmark;
import dev.larkspur.benchmark.DecodeBenchmark.DecodeReport;
import dev.larkspur.benchmark.LocalDevice;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.cli.BenchmarkCommand.ReportOption;
import dev.larkspur.cli.BenchmarkCommand.WallClockOptions;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.engine.Engines;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.Console;
import dev.larkspur.report.DecodeReportText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures decoding with factors and with merged factors. */
@Command(
    name = "decode",
    header = "Measure decoding with low-rank factors, and with factors merged into dense matrices.",
    description = {
      "",
      "Measures the paper's pre-merge: at which sizes merged factors are faster, and what generate"
          + " --merge auto chooses. Dense beside each kind, and for one sequence the share of the"
          + " speed at which memory is read. Wall clock, in turn, medians. Model, device and"
          + " precision come from the settings, by default those of the quickstart.",
      "",
      "Example: larkspur benchmark decode --conf conf/model/s.conf --set model.layers=4",
      ""
    })
final class BenchmarkDecodeCommand implements Runnable {
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private ReportOption files;
  @Mixin private WallClockOptions clock = new WallClockOptions(3);

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--sequences",
      paramLabel = "N",
      split = ",",
      description = "Batch sizes (default: ${DEFAULT-VALUE}).")
  private List<Integer> sequences = List.of(1, 16);

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Tokens of each sequence, at most the context (default: ${DEFAULT-VALUE}).")
  private int tokens = 32;

  @Override
  public void run() {
    WallRounds rounds = clock.rounds();
    if (tokens < 2 || sequences.stream().anyMatch(count -> count < 1)) {
      throw clock.refusal("--sequences must be at least 1, --tokens at least 2");
    }
    Settings settings =
        settingsOptions.overQuickstart(SettingsOptions.ALL_KINDS).load(Purpose.BENCHMARK);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, () -> hadoop, console::say).model();
    if (tokens > model.context()) {
      throw clock.refusal(
          "--tokens is %d: the context of the model is %d".formatted(tokens, model.context()));
    }
    TrainingSettings training = settings.training();
    DecodeReport report =
        new DecodeBenchmark(
                Engines.named(training.compute().engine()),
                LocalDevice.of(training),
                training.compute().precision(),
                rounds)
            .measure(model, sequences.stream().sorted().toList(), tokens, console::status);
    console.clearStatus();
    files.json("decode", report, hadoop);
    clock.print(report, () -> DecodeReportText.of(report));
    console.say("Numbers written to " + files.directory());
  }
}
