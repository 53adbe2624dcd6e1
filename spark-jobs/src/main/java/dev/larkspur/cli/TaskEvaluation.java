package dev.larkspur.cli;

import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.evaluate.TaskEvaluationFile;
import dev.larkspur.evaluate.TaskEvaluationFile.Examples;
import dev.larkspur.evaluate.TaskEvaluationJob;
import dev.larkspur.evaluate.task.EncodedQuestion;
import dev.larkspur.evaluate.task.Estimate;
import dev.larkspur.evaluate.task.Likelihood;
import dev.larkspur.evaluate.task.QuestionEncoder;
import dev.larkspur.evaluate.task.TaskFile;
import dev.larkspur.evaluate.task.TaskScores;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.report.Table;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;

/**
 * A model's answers to tasks.
 *
 * @param run directory of the run
 * @param settings of the run
 * @param examples what is put before each question
 * @param batch most choices that a Spark task measures at a time
 */
record TaskEvaluation(String run, Settings settings, Examples examples, int batch) {

  private static final int BATCH = 32;

  /** Without examples. */
  static TaskEvaluation of(String run, Settings settings) {
    return new TaskEvaluation(run, settings, new Examples(0, 1), BATCH);
  }

  /** Asks the questions of one file; see the other {@code ask}. */
  String ask(SparkContext spark, String file, Consumer<String> warnings) {
    Configuration hadoop = spark.hadoopConfiguration();
    TaskFile task = TaskFile.read(file, Optional.empty(), hadoop);
    return text(ask(spark, prepare(List.of(task), hadoop), warnings));
  }

  /** A task in text and in tokens. */
  record Prepared(TaskFile task, List<EncodedQuestion> encoded) {}

  /** Encodes all questions, before Spark starts. */
  List<Prepared> prepare(List<TaskFile> tasks, Configuration hadoop) {
    Tokenizer tokenizer =
        RunTokenizer.of(new RunDirectory(run, hadoop), settings, hadoop).tokenizer();
    QuestionEncoder encoder =
        new QuestionEncoder(tokenizer, TrainedModel.config(settings).context());
    return tasks.stream().map(task -> new Prepared(task, encoder.encode(task))).toList();
  }

  /**
   * Asks the newest checkpoint, and writes the results to the run's directory.
   *
   * @param warnings receives damaged newer checkpoints
   */
  List<TaskEvaluationFile> ask(
      SparkContext spark, List<Prepared> tasks, Consumer<String> warnings) {
    Configuration hadoop = spark.hadoopConfiguration();
    Checkpoint checkpoint = EvaluationJob.newestCheckpoint(run, hadoop, warnings);
    List<EncodedQuestion> all =
        tasks.stream().flatMap(prepared -> prepared.encoded().stream()).toList();
    List<List<Likelihood>> likelihoods =
        TaskEvaluationJob.run(spark, run, checkpoint, settings, all, batch);
    List<TaskEvaluationFile> results = new ArrayList<>();
    int from = 0;
    for (Prepared prepared : tasks) {
      int to = from + prepared.encoded().size();
      TaskScores scores =
          TaskScores.of(prepared.task(), prepared.encoded(), likelihoods.subList(from, to));
      TaskEvaluationFile result =
          TaskEvaluationFile.of(checkpoint, prepared.task(), examples, scores);
      result.write(new RunDirectory(run, hadoop));
      results.add(result);
      from = to;
    }
    return results;
  }

  /** The results as a table. */
  static String text(List<TaskEvaluationFile> results) {
    List<String> headers =
        List.of(
            "task",
            "questions",
            "shots",
            "chance",
            "acc",
            "acc_norm",
            "acc_tokens",
            "per word",
            "per byte");
    List<List<String>> rows = new ArrayList<>();
    for (TaskEvaluationFile result : results) {
      TaskScores scores = result.scores();
      rows.add(
          List.of(
              scores.task(),
              String.format(Locale.ROOT, "%,d", scores.questions()),
              String.valueOf(result.examples().shots()),
              Double.isNaN(scores.chance()) ? "" : rounded(scores.chance(), 3),
              cell(scores, "acc", 3),
              cell(scores, "acc_norm", 3),
              cell(scores, "acc_tokens", 3),
              cell(scores, "word_perplexity", 2),
              cell(scores, "byte_perplexity", 3)));
    }
    StringBuilder text = new StringBuilder(new Table(headers, rows).text());
    for (TaskEvaluationFile result : results) {
      if (result.scores().truncated() > 0) {
        text.append(
            "%n%s: %,d contexts are longer than the model reads, and have lost their beginning"
                .formatted(result.scores().task(), result.scores().truncated()));
      }
    }
    return text.toString();
  }

  private static String cell(TaskScores scores, String metric, int digits) {
    Estimate estimate = scores.metrics().get(metric);
    return estimate == null
        ? ""
        : rounded(estimate.value(), digits) + " ± " + rounded(estimate.standardError(), digits);
  }

  private static String rounded(double value, int digits) {
    return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
