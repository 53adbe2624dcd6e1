package dev.larkspur.cli;

import dev.larkspur.benchmark.EngineBenchmark;
import dev.larkspur.benchmark.EngineBenchmark.Workload;
import dev.larkspur.benchmark.EngineReport;
import dev.larkspur.benchmark.FfnKind;
import dev.larkspur.benchmark.LocalDevice;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.cli.BenchmarkCommand.ReportOption;
import dev.larkspur.cli.BenchmarkCommand.WallClockOptions;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.Console;
import dev.larkspur.report.EngineReportText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures engines against plain PyTorch. */
@Command(
    name = "engines",
    header = "Measure training steps of every engine against plain PyTorch.",
    description = {
      "",
      "Runs each engine in its own process, beside the step that a PyTorch user would write on the"
          + " same LibTorch (torch-plain: modules, autograd, fused AdamW). Losses and gradients with"
          + " the same parameters and tokens are compared first; the command fails if the loss"
          + " differs by more than a relative 1e-5, or a parameter's gradient by more than 1e-4"
          + " (fp32). Then training steps are measured in turn: gradient, clipping and update. Wall"
          + " clock, medians, and the peak memory of each process.",
      "",
      "Model, batch, device and precision come from the settings, by default 12 layers of width 768,"
          + " vocabulary 32,000, 1,024 tokens per step, fp32. The default needs 5 GB of memory for"
          + " each engine, and 1.3 GB of disk in Java's temporary directory.",
      "",
      "Example: larkspur benchmark engines --kinds dense --set model.layers=2"
          + " --set training.precision=bf16",
      ""
    })
final class BenchmarkEnginesCommand implements Runnable {
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
      description = "Engines to measure against torch-plain (default: all on the class path).")
  private List<String> engines = new ArrayList<>();

  @Option(
      names = "--kinds",
      paramLabel = "KIND",
      split = ",",
      description = {
        "Kinds of feed-forward networks: dense; low-rank-63, block-dense-63, block-shuffle-63 with"
            + " 63 percent of the weights; the same with 32 (default: ${DEFAULT-VALUE})."
      })
  private List<String> kinds = List.of("dense", "low-rank-32");

  @Override
  public void run() {
    WallRounds rounds = clock.rounds();
    List<FfnKind> measured = kinds.stream().map(this::kind).toList();
    requireKnownEngines();
    Settings settings =
        settingsOptions
            .overQuickstart(SettingsOptions.ALL_KINDS + DEFAULTS)
            .load(Purpose.BENCHMARK);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, hadoop, console::say).model();
    TrainingSettings training = settings.training();
    List<String> chosen = engines(training.compute().precision(), console);
    Workload workload =
        new Workload(
            LocalDevice.of(training),
            training.compute().precision(),
            training.microBatch(),
            Math.max(1, training.globalBatch() / training.microBatch()),
            rounds);
    EngineReport report =
        new EngineBenchmark(chosen, workload).measure(model, measured, console::status);
    console.clearStatus();
    files.json("engines", report, hadoop);
    clock.print(report, () -> EngineReportText.of(report));
    console.say("Numbers written to " + files.directory());
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

  private void requireKnownEngines() {
    List<String> known = Engines.names();
    for (String engine : engines) {
      if (!known.contains(engine)) {
        throw clock.refusal(
            "--engines: unknown engine %s: use those on the class path (%s)"
                .formatted(engine, String.join(", ", known)));
      }
    }
  }

  /** Those of the option that have the precision, or of all. */
  private List<String> engines(Precision precision, Console console) {
    String word = precision.name().toLowerCase(Locale.ROOT);
    List<String> able = new ArrayList<>();
    for (String engine : engines.isEmpty() ? Engines.names() : engines) {
      if (Engines.named(engine).precisions().contains(precision)) {
        able.add(engine);
      } else if (engines.isEmpty()) {
        console.say("%s is left out: it does not compute in %s".formatted(engine, word));
      } else {
        throw clock.refusal(
            "--engines: %s does not compute in %s: leave it out, or set training.precision = fp32"
                .formatted(engine, word));
      }
    }
    return able.stream().distinct().toList();
  }
}
