package dev.larkspur.cli;

import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.Preflight;
import dev.larkspur.train.TrainingJob;
import dev.larkspur.train.TrainingResult;
import dev.larkspur.train.TrainingSummary;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a model. */
@Command(
    name = "train",
    header = "Train a model on a corpus; goes on from the run's newest checkpoint.",
    description = {
      "",
      "One Spark task drives one device; gradients are shared in every step. Checkpoints, metrics and"
          + " summary.json go to run.dir.",
      "",
      "Example: larkspur train --conf conf/paper/s-low-rank-32.conf --set data.corpus=runs/corpus"
          + " --set run.dir=runs/s",
      ""
    })
final class TrainCommand implements Runnable {
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    Settings settings = settingsOptions.load(Purpose.TRAIN);
    Preflight.check(settings, sparkOptions.hadoop(settings));
    sparkOptions.run(
        settings,
        "larkspur train",
        session -> {
          train(session, settings, Console.standard());
        });
  }

  static void train(SparkSession session, Settings settings, Console console) {
    String dir = settings.run().dir();
    TrainingResult result;
    try {
      result = TrainingJob.run(session, settings, new TrainingDisplay(console));
    } finally {
      console.clearStatus();
    }
    TrainingSummary summary = result.summary();
    if (result.outcome() == TrainingResult.Outcome.ALREADY_DONE) {
      console.say("All %,d steps are done already, in %s".formatted(summary.step(), dir));
    } else {
      console.say(
          "Trained %,d parameters to step %,d (%,d tokens) on %d workers, %,.0f tokens/s, in %s"
              .formatted(
                  summary.parameters(),
                  summary.step(),
                  summary.tokens(),
                  summary.workers(),
                  summary.tokensPerSecond(),
                  Durations.text(summary.wallSeconds())));
    }
    console.say(
        "Validation loss %.3f, perplexity %,.1f. Everything is in %s"
            .formatted(summary.validationLoss(), summary.validationPerplexity(), dir));
  }
}
