package dev.larkspur.cli;

import dev.larkspur.cli.TaskEvaluation.Prepared;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.evaluate.EvaluationJob.Evaluation;
import dev.larkspur.evaluate.TaskEvaluationFile;
import dev.larkspur.evaluate.TaskEvaluationFile.Examples;
import dev.larkspur.report.JsonReport;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Evaluates a trained model. */
@Command(
    name = "evaluate",
    header = "Measure a run's newest checkpoint: validation loss, or accuracy on tasks.",
    description = {
      "",
      "Evaluates on the full validation split, and compares with a unigram model of the same"
          + " corpus. With --tasks, asks the questions of files instead, and writes the scores to"
          + " the run's evaluations directory.",
      "",
      "Example: larkspur evaluate --run runs/quickstart",
      "Example: larkspur evaluate --run runs/quickstart --tasks hellaswag_val.jsonl",
      ""
    })
final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private TaskOptions taskOptions;

  @Option(
      names = "--sequences",
      paramLabel = "N",
      description = "Evaluate at most the first N validation blocks (default: all).")
  private long sequences = Long.MAX_VALUE;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (sequences < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--sequences is " + sequences + ": give 1 or more, or omit it to evaluate all");
    }
    if (taskOptions.isGiven() && sequences != Long.MAX_VALUE) {
      throw new ParameterException(
          spec.commandLine(),
          "--sequences is for the validation split: leave it out with --tasks, or give"
              + " --questions");
    }
    Optional<String> problem = taskOptions.problem();
    if (problem.isPresent()) {
      throw new ParameterException(spec.commandLine(), problem.get());
    }
    if (taskOptions.isGiven()) {
      askTasks();
    } else {
      measureLoss();
    }
  }

  private void askTasks() {
    Settings settings = runOptions.settings(sparkOptions, Purpose.GENERATE);
    Configuration hadoop = sparkOptions.hadoop(settings);
    TaskEvaluation evaluation =
        new TaskEvaluation(
            runOptions.dir(),
            settings,
            new Examples(taskOptions.shots(), taskOptions.seed()),
            taskOptions.batch());
    List<Prepared> tasks = evaluation.prepare(taskOptions.read(hadoop), hadoop);
    show(
        settings,
        spark -> {
          List<TaskEvaluationFile> results = evaluation.ask(spark, tasks, warnings());
          return json ? JsonReport.of(results) : TaskEvaluation.text(results);
        });
  }

  private void measureLoss() {
    Settings settings = runOptions.settings(sparkOptions, Purpose.EVALUATE, corpusOption);
    show(
        settings,
        spark -> {
          Evaluation evaluation =
              evaluate(spark, runOptions.dir(), settings, sequences, warnings());
          return json ? JsonReport.of(evaluation) : text(evaluation);
        });
  }

  private Consumer<String> warnings() {
    return spec.commandLine().getErr()::println;
  }

  private void show(Settings settings, Function<SparkContext, String> evaluation) {
    sparkOptions.run(
        settings,
        "larkspur evaluate",
        spark -> {
          PrintWriter out = spec.commandLine().getOut();
          out.println(evaluation.apply(spark));
          out.flush();
        });
  }

  static Evaluation evaluate(
      SparkContext spark,
      String runDir,
      Settings settings,
      long sequences,
      Consumer<String> warnings) {
    Checkpoint checkpoint =
        EvaluationJob.newestCheckpoint(runDir, spark.hadoopConfiguration(), warnings);
    return EvaluationJob.run(spark, runDir, checkpoint, settings, sequences);
  }

  static String text(Evaluation evaluation) {
    return """
    checkpoint             step %,d
    validation tokens      %,d
    validation loss        %.4f nats per token
    validation perplexity  %,.2f
    unigram perplexity     %,.2f (%.1f times as much)\
    """
        .formatted(
            evaluation.step(),
            evaluation.tokens(),
            evaluation.validationLoss(),
            evaluation.validationPerplexity(),
            evaluation.unigramPerplexity(),
            evaluation.unigramPerplexity() / evaluation.validationPerplexity());
  }
}
