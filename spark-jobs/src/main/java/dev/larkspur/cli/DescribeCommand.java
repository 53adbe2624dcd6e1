package dev.larkspur.cli;

import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.costmodel.TrainingPlan;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.JsonReport;
import dev.larkspur.report.TrainingPlanText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.CorpusUse;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the size and cost of a training, without starting Spark or LibTorch. */
@Command(
    name = "describe",
    header = "Show the size and cost of a training: parameters, FLOPs, memory, steps.",
    description = {
      "",
      "Counts parameters and FLOPs as the paper does. Context and vocabulary come from data.corpus"
          + " if it exists, else from data.context and data.tokenizer. Memory is that of one worker,"
          + " without that of libraries; activations are an estimate.",
      "",
      "Example: larkspur describe --conf conf/paper/s-low-rank-32.conf",
      ""
    })
final class DescribeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.TokenizerOption tokenizerOption;
  @Mixin private PathOptions.CorpusOption corpusOption;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    Settings settings = settingsOptions.load(Purpose.DESCRIBE, tokenizerOption, corpusOption);
    PrintWriter notes = spec.commandLine().getErr();
    PlannedModel planned =
        new PlannedModel(settings, () -> sparkOptions.hadoop(settings), notes::println);
    ModelConfig model = planned.model();
    planned
        .corpus()
        .flatMap(corpus -> CorpusUse.of(settings.training(), corpus).fewToValidate())
        .ifPresent(notes::println);
    notes.flush();
    TrainingPlan plan = TrainingPlan.of(model, settings.training(), planned.corpus());
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(plan) : TrainingPlanText.of(model, settings.training(), plan));
    out.flush();
  }
}
