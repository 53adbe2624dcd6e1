package dev.larkspur.cli;

import dev.larkspur.launch.ExitCode;
import dev.larkspur.launch.Termination;
import dev.larkspur.report.Console;
import dev.larkspur.report.Durations;
import dev.larkspur.report.TrainingDisplay;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.Preflight;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingSummary;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.watch.RunReport;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a model. */
@Command(
    name = "train",
    header = "Train a model on a corpus; resumes from the run's newest checkpoint.",
    description = {
      "",
      "Each worker is a Spark task with one device; gradients are all-reduced in every step."
          + " Checkpoints, metrics and summary.json are written to run.dir. After a transient"
          + " failure it resumes by itself."
          + " A file named stop in run.dir stops it after writing a checkpoint, with exit code 75,"
          + " and holds the run until the file is deleted: train then exits with 3. SIGTERM and"
          + " Ctrl-C stop it in the same way, with the exit codes of those signals, but do not hold"
          + " the run; a second signal ends it at once.",
      "",
      "With --from, a new run starts from the parameters of another model, whose shape it takes:"
          + " only the corpus and the training need settings.",
      "",
      "Example: larkspur train --conf conf/paper/s-low-rank-32.conf --corpus runs/corpus"
          + " --run runs/s",
      ""
    })
final class TrainCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private PathOptions.RunOption runOption;
  @Mixin private InitialModelOption initialModelOption;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public Integer call() {
    Settings settings =
        InitialModelOption.load(
            settingsOptions, sparkOptions, corpusOption, runOption, initialModelOption);
    Preflight.requireTrainable(settings, sparkOptions.master(settings));
    Preflight.check(settings, sparkOptions.hadoop(settings));
    Preflight.checkInitialModel(settings, sparkOptions.hadoop(settings));
    AtomicInteger exitCode = new AtomicInteger();
    sparkOptions.runTraining(
        settings,
        "larkspur train",
        spark -> {
          TrainingResult result = train(spark, settings, Console.standard());
          exitCode.set(exitCode(result));
        });
    return exitCode.get();
  }

  static TrainingResult train(SparkContext spark, Settings settings, Console console) {
    TrainingResult result;
    try (Termination.Answering answering = Termination.answering()) {
      result = TrainingJob.run(spark, settings, new TrainingDisplay(console));
    } finally {
      console.clearStatus();
    }
    report(result, settings.run().dir(), spark.hadoopConfiguration(), console);
    say(result, settings.run().dir(), console);
    return result;
  }

  /** The page of a run, once it has something to show. */
  private static void report(
      TrainingResult result, String dir, Configuration hadoop, Console console) {
    boolean again = result.outcome() == TrainingResult.Outcome.ALREADY_DONE;
    if (result.summary().step() > 0
        && !(again && new RunDirectory(dir, hadoop).hasFile(RunReport.FILE))) {
      RunReport.write(dir, hadoop, console::say);
    }
  }

  private static int exitCode(TrainingResult result) {
    return switch (result.outcome()) {
      case TRAINED, ALREADY_DONE -> ExitCode.DONE;
      case STOPPED -> ExitCode.TRY_AGAIN;
      case HELD -> ExitCode.NOTHING_TO_DO;
    };
  }

  private static void say(TrainingResult result, String dir, Console console) {
    TrainingSummary summary = result.summary();
    if (result.outcome() == TrainingResult.Outcome.HELD) {
      console.say(
          "Nothing to do: %s/stop holds the run at step %,d. Delete that file, and the same command resumes"
              .formatted(dir, summary.step()));
      return;
    }
    if (result.outcome() == TrainingResult.Outcome.ALREADY_DONE) {
      console.say("All %,d steps are done already, in %s".formatted(summary.step(), dir));
    } else {
      console.say(
          "%s %,d parameters to step %,d (%,d tokens) on %s, %,.0f tokens/s, in %s"
              .formatted(
                  result.outcome() == TrainingResult.Outcome.STOPPED ? "Stopped:" : "Trained",
                  summary.size().parameters(),
                  summary.step(),
                  summary.tokens(),
                  Count.of(summary.execution().workers(), "worker"),
                  Objects.requireNonNullElse(summary.speed().tokensPerSecond(), 0.0),
                  Durations.text(summary.speed().wallSeconds())));
    }
    if (result.outcome() == TrainingResult.Outcome.STOPPED) {
      console.say(
          summary.step() == 0
              ? "No step was done: the same command begins again, in " + dir
              : "The same command resumes from the checkpoint in " + dir);
    } else {
      console.say(
          "%s. Everything is in %s"
              .formatted(validated(summary.validationLoss(), summary.validationPerplexity()), dir));
    }
  }

  /** The validation of a summary; numbers that are not finite are null in it. */
  static String validated(Double loss, Double perplexity) {
    if (loss == null) {
      return "Validation loss: not finite";
    }
    return perplexity == null
        ? "Validation loss %.3f".formatted(loss)
        : "Validation loss %.3f, perplexity %,.1f".formatted(loss, perplexity);
  }
}
