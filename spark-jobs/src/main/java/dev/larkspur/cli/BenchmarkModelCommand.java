package dev.larkspur.cli;

import dev.larkspur.benchmark.LocalDevice;
import dev.larkspur.benchmark.ModelBenchmark;
import dev.larkspur.benchmark.ModelBenchmark.ModelReport;
import dev.larkspur.benchmark.ModelBenchmark.Workload;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.cli.BenchmarkCommand.ReportOption;
import dev.larkspur.cli.BenchmarkCommand.WallClockOptions;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.engine.Engines;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.Console;
import dev.larkspur.report.ModelReportText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures models with each kind of feed-forward network. */
@Command(
    name = "model",
    header = "Measure training steps and decoding of a model with each kind of FFNs.",
    description = {
      "",
      "Measures training steps of one worker, including the optimiser, and decoding with a key-value"
          + " cache, of one sequence and of a batch. Wall clock, all kinds in turn, medians; all"
          + " models stay in memory. Model, batch, device and precision come from the settings, by"
          + " default 4 layers of width 1024, 1,024 tokens per step,"
          + " fp32.",
      "",
      "Example: larkspur benchmark model --conf conf/model/s.conf --set model.layers=4"
          + " --set model.context=256 --set training.micro-batch=2 --set training.global-batch=2",
      ""
    })
final class BenchmarkModelCommand implements Runnable {
  private static final String DEFAULTS =
      """
      data.context = 256
      model { hidden-dim = 1024, layers = 4, query-heads = 16 }
      training { workers = 1, global-batch = 4, micro-batch = 4 }
      """;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private ReportOption files;
  @Mixin private WallClockOptions clock = new WallClockOptions(3);

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--prompt",
      paramLabel = "N",
      description = "Tokens of a prompt (default: ${DEFAULT-VALUE}).")
  private int prompt = 16;

  @Option(
      names = "--decoded",
      paramLabel = "N",
      description = "Tokens to decode (default: ${DEFAULT-VALUE}).")
  private int decoded = 32;

  @Option(
      names = "--sequences",
      paramLabel = "N",
      description = "Batch size of decoding (default: ${DEFAULT-VALUE}).")
  private int sequences = 16;

  @Override
  public void run() {
    WallRounds rounds = clock.rounds();
    if (prompt < 1 || decoded < 1 || sequences < 1) {
      throw clock.refusal("--prompt, --decoded and --sequences must each be at least 1");
    }
    Settings settings =
        settingsOptions
            .overQuickstart(SettingsOptions.ALL_KINDS + DEFAULTS)
            .load(Purpose.BENCHMARK);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, () -> hadoop, console::say).model();
    if (prompt + decoded > model.context()) {
      throw clock.refusal(
          "--prompt and --decoded are %d tokens together: the context of the model is %d"
              .formatted(prompt + decoded, model.context()));
    }
    TrainingSettings training = settings.training();
    Workload workload =
        new Workload(
            rounds,
            training.microBatch(),
            Math.max(1, training.globalBatch() / training.microBatch()),
            prompt,
            decoded,
            sequences);
    ModelReport report =
        new ModelBenchmark(
                Engines.named(training.compute().engine()),
                LocalDevice.of(training),
                training.compute().precision(),
                workload)
            .measure(model, console::status);
    console.clearStatus();
    files.json("model", report, hadoop);
    files.svg("model", ModelReportText.chart(report).svg(), hadoop);
    clock.print(report, () -> ModelReportText.of(report));
    console.say("Numbers and plot written to  " + files.directory());
  }
}
