package dev.larkspur.cli;

import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.evaluate.EvaluationJob.Evaluation;
import dev.larkspur.report.JsonReport;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import java.io.PrintWriter;
import java.util.function.Consumer;
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
    header = "Measure validation loss and perplexity of a run's newest checkpoint.",
    description = {
      "",
      "Evaluates on the full validation split, and compares with a unigram model of the same"
          + " corpus.",
      "",
      "Example: larkspur evaluate --run runs/quickstart",
      ""
    })
final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private SparkOptions sparkOptions;

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
    Settings settings = runOptions.settings(sparkOptions, Purpose.EVALUATE, corpusOption);
    sparkOptions.run(
        settings,
        "larkspur evaluate",
        spark -> {
          Consumer<String> warnings = spec.commandLine().getErr()::println;
          PrintWriter out = spec.commandLine().getOut();
          Evaluation evaluation = evaluate(spark, runOptions.dir(), settings, sequences, warnings);
          out.println(json ? JsonReport.of(evaluation) : text(evaluation));
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
