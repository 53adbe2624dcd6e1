package dev.larkspur.cli;

import dev.larkspur.benchmark.MeasuredSpeed;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.launch.Termination;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.report.Console;
import dev.larkspur.report.GridDisplay;
import dev.larkspur.report.GridPlan;
import dev.larkspur.report.JsonReport;
import dev.larkspur.report.ResultsFiles;
import dev.larkspur.report.ResultsMarkdown;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.scaling.Grid;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.scaling.GridJob;
import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.RunResult;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.ScalingSettings.MissingCorpus;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.train.driver.Preflight;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a grid of models and fits power laws to their losses. */
@Command(
    name = "scaling",
    header = "Train models of several sizes and FFN kinds, and fit scaling laws.",
    description = {
      "",
      "Runs one training after another, each in a run directory below run.dir, and fits the power"
          + " law loss = a * C^-k of each kind, with its confidence interval. Writes results.json,"
          + " scaling.svg and index.html after each training. If interrupted, it resumes.",
      "",
      "Example: larkspur scaling --conf conf/paper/scaling-laptop.conf",
      ""
    })
final class ScalingCommand implements Callable<Integer> {
  private static final String MANIFEST = "manifest.json";

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private PathOptions.RunOption runOption;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--dry-run",
      description =
          "Train nothing; show the trainings and their estimated duration on this machine.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Also write the results into this file, and the figure into results/ beside it.")
  private Path markdown;

  @Override
  public Integer call() {
    return dryRun ? plan() : train();
  }

  private int plan() {
    Console console = Console.standard();
    Settings settings = settingsOptions.load(Purpose.PLAN_SCALING, corpusOption, runOption);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Grid grid = Grid.of(settings, Purpose.DESCRIBE, of -> model(of, hadoop, false));
    MeasuredSpeed speed = new MeasuredSpeed();
    GridPlan plan =
        GridPlan.of(
            grid,
            run -> ModelSize.of(run.model()).parameters(),
            run -> {
              console.status("measuring " + run.name());
              return speed.of(run);
            });
    console.clearStatus();
    print(json ? JsonReport.of(plan) : plan.text());
    return ExitCode.DONE;
  }

  private static void requireTrainable(Settings settings, String master) {
    Preflight.requireTrainable(settings, master);
    StrategySettings strategy = settings.training().strategy();
    if (strategy.startsOnce()) {
      throw new BadInputException(
          "training.strategy = %s trains one model in a process, and larkspur scaling trains several: use another strategy, or start each with larkspur train"
              .formatted(strategy.kind().word()));
    }
  }

  private int train() {
    Console console = Console.standard();
    Settings settings = settingsOptions.load(Purpose.SCALING, corpusOption, runOption);
    Configuration hadoop = sparkOptions.hadoop(settings);
    boolean mustBuild = mustBuildCorpus(settings, hadoop);
    Grid planned = Grid.of(settings, Purpose.TRAIN, of -> model(of, hadoop, mustBuild));
    String master = sparkOptions.master(settings);
    planned.runs().forEach(run -> requireTrainable(run.settings(), master));
    if (!mustBuild) {
      planned.runs().forEach(run -> Preflight.check(run.settings(), hadoop));
    }
    AtomicInteger exitCode = new AtomicInteger(ExitCode.TRY_AGAIN);
    sparkOptions.runTraining(
        settings,
        "larkspur scaling",
        spark -> {
          if (mustBuild) {
            buildCorpus(spark, settings, console);
          }
          train(spark, settings, console)
              .ifPresent(
                  results -> {
                    report(settings, results, console);
                    exitCode.set(ExitCode.DONE);
                  });
        });
    if (exitCode.get() == ExitCode.TRY_AGAIN) {
      console.say("Stopped: the same command resumes from the checkpoint");
    }
    return exitCode.get();
  }

  /** The model; if the corpus does not exist yet, for the corpus that the settings describe. */
  private static ModelConfig model(Settings settings, Configuration hadoop, boolean mustBuild) {
    return mustBuild
        ? settings.model().toConfig(settings.data().context(), settings.tokenizer().vocabulary())
        : new PlannedModel(settings, () -> hadoop, note -> {}).model();
  }

  /**
   * Whether the corpus must be built first; true also for an incomplete corpus of the sample text.
   */
  private static boolean mustBuildCorpus(Settings settings, Configuration hadoop) {
    return settings.scaling().corpus() == MissingCorpus.MAKE_OF_SAMPLE
        && !new RunDirectory(settings.data().corpus(), hadoop).has(MANIFEST);
  }

  private static void buildCorpus(SparkContext spark, Settings settings, Console console) {
    console.say("Building the corpus from the sample text first");
    SampleCorpusCommand.write(spark, settings.data().documents().get(0), console);
    TrainTokenizerCommand.train(spark, settings, console);
    PrepareCommand.prepare(spark, settings, console);
  }

  private static Optional<Results> train(SparkContext spark, Settings settings, Console console) {
    Configuration hadoop = spark.hadoopConfiguration();
    Grid grid = Grid.of(settings, Purpose.TRAIN, of -> model(of, hadoop, false));
    ResultsFiles files =
        new ResultsFiles(new RunDirectory(settings.run().dir(), hadoop), settings.run().name());
    GridDisplay display =
        new GridDisplay(
            console,
            grid.runs().stream().mapToDouble(GridRun::flops).sum(),
            System::nanoTime,
            files::write);
    Optional<List<RunResult>> results;
    try (Termination.Answering answering = Termination.answering()) {
      results = GridJob.run(spark, grid, display);
    } finally {
      console.clearStatus();
    }
    return results.map(Results::of);
  }

  private void report(Settings settings, Results results, Console console) {
    print(json ? JsonReport.of(results) : ResultsFiles.text(results));
    if (markdown != null) {
      ResultsMarkdown.write(markdown, settings.run().name(), results);
    }
    console.say("Page with the figure:  " + settings.run().dir() + "/" + ResultsFiles.PAGE);
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
