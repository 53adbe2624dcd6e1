package dev.larkspur.cli;

import dev.larkspur.benchmark.FfnBenchmark;
import dev.larkspur.benchmark.FfnBenchmark.FfnReport;
import dev.larkspur.benchmark.LocalDevice;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.cli.BenchmarkCommand.ReportOption;
import dev.larkspur.cli.BenchmarkCommand.WallClockOptions;
import dev.larkspur.engine.Engines;
import dev.larkspur.report.Console;
import dev.larkspur.report.FfnReportText;
import dev.larkspur.report.FfnReportText.FfnCharts;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures single feed-forward networks. */
@Command(
    name = "ffn",
    header = "Measure single feed-forward networks: dense against each structured kind.",
    description = {
      "",
      "Measures the paper's figure 4: forward, and forward with backward, of dense, LowRank,"
          + " BlockDense and BlockShuffle networks with 63 %% and 32 %% of the weights; every width"
          + " with the most tokens, and every number of tokens at the largest width. Wall clock, all"
          + " kinds in turn, medians. Device, precision and threads come from the settings, by"
          + " default one worker and fp32.",
      "",
      "Example: larkspur benchmark ffn --widths 512,1024 --tokens 256,1024"
          + " --set training.precision=bf16",
      ""
    })
final class BenchmarkFfnCommand implements Runnable {
  /** Must divide every width, so that all kinds are possible. */
  private static final int BLOCKS = 4;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private ReportOption files;
  @Mixin private WallClockOptions clock = new WallClockOptions(3);

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--widths",
      paramLabel = "D",
      split = ",",
      description =
          "Hidden widths; the inner ones are four times as large (default: ${DEFAULT-VALUE}).")
  private List<Integer> widths = List.of(256, 512, 1024, 2048);

  @Option(
      names = "--tokens",
      paramLabel = "N",
      split = ",",
      description = "Tokens of one pass (default: ${DEFAULT-VALUE}).")
  private List<Integer> tokens = List.of(16, 128, 1024, 4096);

  @Override
  public void run() {
    WallRounds rounds = clock.rounds();
    check();
    Settings settings =
        settingsOptions.overQuickstart(SettingsOptions.ALL_KINDS).load(Purpose.BENCHMARK);
    TrainingSettings training = settings.training();
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    FfnReport report =
        new FfnBenchmark(
                Engines.named(training.compute().engine()),
                LocalDevice.of(training),
                training.compute().precision(),
                rounds)
            .measure(
                widths.stream().sorted().toList(),
                tokens.stream().sorted().toList(),
                console::status);
    console.clearStatus();
    files.json("ffn", report, hadoop);
    FfnCharts.of(report).forEach((name, chart) -> files.svg(name, chart.svg(), hadoop));
    clock.print(report, () -> FfnReportText.of(report));
    console.say("Numbers and plots written to  " + files.directory());
  }

  private void check() {
    if (widths.stream().anyMatch(width -> width < BLOCKS || width % BLOCKS != 0)) {
      throw clock.refusal("--widths are %s: give multiples of %d".formatted(widths, BLOCKS));
    }
    if (tokens.stream().anyMatch(count -> count < 1)) {
      throw clock.refusal("--tokens are " + tokens + ": give 1 or more");
    }
  }
}
