package dev.larkspur.cli;

import com.typesafe.config.ConfigUtil;
import dev.larkspur.benchmark.StrategyBenchmark;
import dev.larkspur.benchmark.StrategyReport;
import dev.larkspur.report.Console;
import dev.larkspur.report.JsonReport;
import dev.larkspur.report.StrategyReportText;
import dev.larkspur.report.TrainingDisplay;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.StrategySettings.Kind;
import dev.larkspur.strategy.TrainingStrategy;
import dev.larkspur.train.driver.Preflight;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares Deeplearning4j's own training with the exact exchange. */
@Command(
    name = "dl4j",
    header = "Compare Deeplearning4j's own training with the exact exchange.",
    description = {
      "",
      "Trains the same model on the same tokens of a corpus by training.strategy = all-reduce and"
          + " by those strategies of Deeplearning4j that the master can run, one after another, all"
          + " with the engine dl4j in fp32, and prints loss, time and replica distance."
          + " dl4j-parallel-wrapper needs --master local[N]; dl4j-shared-training needs executors"
          + " of Spark 3.5. Model, batch and workers come from the settings, by default those of"
          + " the quickstart.",
      "",
      "Example: larkspur benchmark dl4j --corpus runs/quickstart/corpus --run runs/strategies"
          + " --steps 100",
      ""
    })
final class BenchmarkDl4jCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      required = true,
      description = "New directory for the runs, one for each strategy.")
  private String run;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of each training (default: ${DEFAULT-VALUE}).")
  private int steps = 100;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (steps < 1) {
      throw new ParameterException(spec.commandLine(), "--steps must be at least 1");
    }
    Map<Kind, String> missing = new LinkedHashMap<>();
    List<Settings> trainings = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      reason(kind)
          .ifPresentOrElse(
              reason -> missing.put(kind, reason), () -> trainings.add(settings(kind)));
    }
    // Cluster properties that one strategy needs do not affect the others.
    Settings last = trainings.get(trainings.size() - 1);
    Preflight.check(last, sparkOptions.hadoop(last));
    Console console = Console.standard();
    PrintWriter out = spec.commandLine().getOut();
    sparkOptions.runTraining(
        last,
        "larkspur benchmark dl4j",
        spark -> {
          StrategyReport report =
              new StrategyBenchmark(spark, new TrainingDisplay(console))
                  .run(trainings, sentences(missing));
          console.clearStatus();
          out.println(json ? JsonReport.of(report) : StrategyReportText.of(report));
          out.flush();
        });
  }

  private static List<String> sentences(Map<Kind, String> missing) {
    return missing.entrySet().stream()
        .map(entry -> entry.getKey().word() + " was not measured: " + entry.getValue())
        .toList();
  }

  /** Why a strategy cannot be measured here. */
  private Optional<String> reason(Kind kind) {
    if (kind == Kind.ALL_REDUCE) {
      return Optional.empty();
    }
    Settings exact = settings(Kind.ALL_REDUCE);
    Optional<TrainingStrategy> found = TrainingStrategy.find(kind.word());
    return found.isEmpty()
        ? Optional.of("it is not on the class path of this build")
        : found.get().refusal(sparkOptions.conf(exact).get("spark.master"));
  }

  private Settings settings(Kind kind) {
    int workers = base("").load(Purpose.BENCHMARK).training().workers().orElse(2);
    int globalBatch = base("").load(Purpose.BENCHMARK).training().globalBatch();
    if (workers < 2 || globalBatch % workers != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "training.workers = %d must be at least 2 and divide training.global-batch = %d"
              .formatted(workers, globalBatch));
    }
    // Four rounds, so that they count.
    int roundSteps = Math.max(1, steps / 4);
    return base("""
    run.dir = %s
    training {
      strategy = %s, engine = dl4j, device = cpu, precision = fp32
      workers = %d, micro-batch = %d, steps = %d
      validation-every = %d, log-every = %d, dl4j.round-steps = %d
    }
    checkpoint.every = %d
    """
            .formatted(
                ConfigUtil.quoteString(run + "/" + kind.word()),
                kind.word(),
                workers,
                globalBatch / workers,
                steps,
                steps,
                kind == Kind.ALL_REDUCE ? steps : roundSteps,
                roundSteps,
                kind == Kind.ALL_REDUCE ? steps : roundSteps))
        .load(Purpose.TRAIN);
  }

  /** The command's own settings, which options override. */
  private SettingsLoader base(String own) {
    SettingsLoader loader = settingsOptions.overQuickstart(own);
    corpusOption.addTo(loader);
    return loader;
  }
}
