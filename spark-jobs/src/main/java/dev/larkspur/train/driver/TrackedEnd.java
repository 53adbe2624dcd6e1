package dev.larkspur.train.driver;

import dev.larkspur.mlflow.Tracking;
import dev.larkspur.mlflow.Tracking.Ending;
import dev.larkspur.mlflow.Tracking.RunEnd;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.MetricsSettings.Sink;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** Reports the end of a training to the tracking server, if there is one. */
final class TrackedEnd {
  private static final String WEIGHTS = "model.safetensors";

  private final Settings settings;
  private final RunDirectory run;
  private final TrainingObserver observer;

  TrackedEnd(Settings settings, Configuration hadoop, TrainingObserver observer) {
    this.settings = settings;
    this.run = new RunDirectory(settings.run().dir(), hadoop);
    this.observer = observer;
  }

  /** Trains, and reports how that ended. */
  TrainingResult of(Supplier<TrainingResult> training) {
    if (!settings.run().metrics().has(Sink.MLFLOW)) {
      return training.get();
    }
    try {
      TrainingResult result = training.get();
      if (result.outcome() != Outcome.HELD) {
        report(result.summary());
      }
      return result;
    } catch (RuntimeException failure) {
      reportFailure(failure);
      throw failure;
    }
  }

  private void reportFailure(RuntimeException failure) {
    try {
      // Another driver that trains the run, or wrong settings, have not ended it.
      SummaryFile.read(run)
          .filter(summary -> summary.status().equals(TrainingSummary.FAILED))
          .ifPresent(this::report);
    } catch (RuntimeException unreadable) {
      failure.addSuppressed(unreadable);
    }
  }

  /** A training must not fail for want of a report, so a failure is a note. */
  private void report(TrainingSummary summary) {
    try {
      send(summary);
    } catch (RuntimeException e) {
      observer.note("MLflow lacks the end of this run: " + e.getMessage());
    }
  }

  private void send(TrainingSummary summary) {
    RunEnd status =
        switch (summary.status()) {
          case TrainingSummary.COMPLETED -> RunEnd.COMPLETED;
          case TrainingSummary.STOPPED -> RunEnd.STOPPED;
          default -> RunEnd.FAILED;
        };
    Tracking.of(settings)
        .ended(
            run, new Ending(status, run.readText(RunDirectory.SUMMARY), model()), observer::note);
  }

  /** The files that generate text: the newest checkpoint's weights, the settings, the tokenizer. */
  private List<String> model() {
    List<String> files = new ArrayList<>();
    new CheckpointStore(run)
        .newest(Set.of(), warning -> {})
        .map(Checkpoint::name)
        .ifPresent(
            name ->
                run.list(name.directory()).stream()
                    .map(FileStatus::getPath)
                    .filter(path -> path.getName().startsWith(WEIGHTS))
                    .forEach(path -> files.add(name.directory() + "/" + path.getName())));
    Stream.concat(Stream.of(RunDirectory.CONFIG), TokenizerIdentity.FILE_NAMES.stream())
        .filter(run::has)
        .forEach(files::add);
    return files;
  }
}
