package dev.larkspur.cli;

import dev.larkspur.benchmark.FfnKind;
import dev.larkspur.benchmark.LocalDevice;
import dev.larkspur.benchmark.StepBenchmark;
import dev.larkspur.benchmark.StepBenchmark.Workload;
import dev.larkspur.benchmark.StepBenchmark.Workload.Detail;
import dev.larkspur.benchmark.StepBenchmark.Workload.Load;
import dev.larkspur.benchmark.StepReport;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.cli.BenchmarkCommand.ReportOption;
import dev.larkspur.cli.BenchmarkCommand.WallClockOptions;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.Console;
import dev.larkspur.report.StepReportText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures training steps against plain PyTorch and against single matrix products. */
@Command(
    name = "step",
    header = "Measure training steps against plain PyTorch and the speed of matrix products.",
    description = {
      "",
      "Runs each engine in its own process, beside the step that a PyTorch user would write on the"
          + " same LibTorch (torch-plain: modules, autograd, fused AdamW, autocast for bf16). Losses"
          + " and gradients with the same parameters and tokens are compared first. In fp32, the"
          + " command fails if the loss or a parameter's gradient differs by more than a relative"
          + " 1e-5; in bf16, both steps are compared with the fp32 reference. Then training steps"
          + " (gradient, clipping, update) and single matrix products of the model's sizes are"
          + " measured in turn. MFU is the step's operations per second as a share of the fastest"
          + " product's. Wall clock, medians; ratios by round. Peak memory is that of each process.",
      "",
      "Model, batch and device come from the settings, by default 12 layers of width 768,"
          + " vocabulary 32,000, 1,024 tokens per step. The default needs 5 GB of memory for"
          + " each engine, and 1.3 GB of disk in Java's temporary directory. With training.workers"
          + " of 2 or more, the steps are those of one worker, and the gradient exchange of all is"
          + " measured as well.",
      "",
      "Example: larkspur benchmark step --kinds dense --precisions bf16 --set model.layers=2",
      ""
    })
final class BenchmarkStepCommand implements Runnable {
  private static final String DEFAULTS =
      """
      data.context = 256
      model { vocabulary = 32000, hidden-dim = 768, layers = 12, query-heads = 12 }
      training { workers = 1, global-batch = 4, micro-batch = 4 }
      """;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private ReportOption files;
  @Mixin private WallClockOptions clock = new WallClockOptions(5);

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--engines",
      paramLabel = "NAME",
      split = ",",
      description = "Engines to measure against torch-plain (default: ${DEFAULT-VALUE}).")
  private List<String> engines = List.of("torch");

  @Option(
      names = "--kinds",
      paramLabel = "KIND",
      split = ",",
      description = {
        "Kinds of feed-forward networks: dense; low-rank-63, block-dense-63, block-shuffle-63 with"
            + " 63 percent of the weights; the same with 32 (default: ${DEFAULT-VALUE})."
      })
  private List<String> kinds = List.of("dense", "low-rank-32");

  @Option(
      names = "--precisions",
      paramLabel = "PRECISION",
      split = ",",
      description =
          "Precisions, whatever training.precision is: fp32, bf16 (default: ${DEFAULT-VALUE}).")
  private List<String> precisions = List.of("fp32", "bf16");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of an engine on a CPU (default: training.threads-per-worker, or all cores).")
  private Integer threads;

  @Option(
      names = "--profile",
      description =
          "Name the operators that take the time: which function of the engine's library the"
              + " training thread is in, sampled every 2 ms. Autograd's backward pass is one"
              + " operator, divided by the parts of the step.")
  private boolean profile;

  @Override
  public void run() {
    WallRounds rounds = clock.rounds();
    List<FfnKind> measured = kinds.stream().map(this::kind).distinct().toList();
    List<Precision> chosen = precisions.stream().map(this::precision).distinct().toList();
    requireEngines(chosen);
    Settings settings =
        settingsOptions
            .overQuickstart(SettingsOptions.ALL_KINDS + DEFAULTS)
            .load(Purpose.BENCHMARK);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, () -> hadoop, console::say).model();
    TrainingSettings training = settings.training();
    Workload workload =
        new Workload(
            device(training),
            chosen,
            load(training),
            training.exchange(),
            rounds,
            profile ? Set.of(Detail.OPERATORS) : Set.of());
    StepReport report =
        new StepBenchmark(engines, workload, console::status).measure(model, measured);
    console.clearStatus();
    files.json("step", report, hadoop);
    StepReportText.charts(report).forEach((name, chart) -> files.svg(name, chart.svg(), hadoop));
    clock.print(report, () -> StepReportText.of(report));
    console.say("Numbers and plots written to " + files.directory());
  }

  private FfnKind kind(String name) {
    return FfnKind.all().stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                clock.refusal(
                    "--kinds: unknown kind %s: use %s"
                        .formatted(
                            name,
                            String.join(
                                ", ", FfnKind.all().stream().map(FfnKind::name).toList()))));
  }

  private Precision precision(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "fp32" -> Precision.FP32;
      case "bf16" -> Precision.BF16;
      default ->
          throw clock.refusal("--precisions: unknown precision %s: use fp32, bf16".formatted(name));
    };
  }

  /** Each engine must be there, and have one of the precisions. */
  private void requireEngines(List<Precision> chosen) {
    List<String> known = Engines.names();
    for (String engine : engines) {
      if (!known.contains(engine)) {
        throw clock.refusal(
            "--engines: unknown engine %s: use those on the class path (%s)"
                .formatted(engine, String.join(", ", known)));
      }
      Set<Precision> able = Engines.named(engine).precisions();
      Optional<Precision> lacking =
          chosen.stream().filter(each -> !able.contains(each)).findFirst();
      if (lacking.isPresent()) {
        throw clock.refusal(
            "--engines: %s does not compute in %s: measure it by itself, with --precisions fp32"
                .formatted(engine, lacking.get().name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  /** The batch of one worker; the settings have made sure that it divides. */
  private static Load load(TrainingSettings training) {
    int workers = training.workers().orElse(1);
    return new Load(
        training.microBatch(), training.globalBatch() / workers / training.microBatch(), workers);
  }

  private Device device(TrainingSettings training) {
    Device device = LocalDevice.of(training);
    if (threads == null) {
      return device;
    }
    if (threads < 1 || device.type() != Device.Type.CPU) {
      throw clock.refusal("--threads %d: give 1 or more, and only on a CPU".formatted(threads));
    }
    return Device.cpu(threads);
  }
}
