package dev.larkspur.scaling;

import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.train.driver.SummaryFile;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingObserver;
import dev.larkspur.train.driver.TrainingSummary;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a grid, one model after another, each as {@code train} does. When it is started again, it
 * skips completed trainings and resumes the one that was interrupted.
 */
public final class GridJob {
  private GridJob() {}

  /**
   * Trains what is not yet completed.
   *
   * @return the results of all; empty if a training was stopped
   * @throws dev.larkspur.train.TrainingException if a directory holds a training with other
   *     settings
   */
  public static Optional<List<RunResult>> run(
      SparkSession session, Grid grid, GridObserver observer) {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    for (GridRun run : grid.runs()) {
      SameTraining.require(run, hadoop);
    }
    List<RunResult> results = new ArrayList<>();
    for (GridRun run : grid.runs()) {
      Optional<TrainingSummary> summary =
          SummaryFile.completed(run.settings().run().dir(), hadoop)
              .filter(done -> done.step() == run.steps())
              .or(() -> train(session, run, results.size() + 1, grid.runs().size(), observer));
      if (summary.isEmpty()) {
        return Optional.empty();
      }
      results.add(RunResult.of(run, summary.get()));
      observer.done(run, List.copyOf(results));
    }
    return Optional.of(results);
  }

  /** Empty if the training was stopped. */
  private static Optional<TrainingSummary> train(
      SparkSession session, GridRun run, int number, int all, GridObserver observer) {
    observer.started(run, number, all);
    TrainingResult result = TrainingJob.run(session, run.settings(), observer.training());
    return switch (result.outcome()) {
      case STOPPED, HELD -> Optional.empty();
      case TRAINED, ALREADY_DONE -> Optional.of(result.summary());
    };
  }

  /** Observes a grid. */
  public interface GridObserver {

    /**
     * A training is about to start or resume.
     *
     * @param number its number among all, from 1
     */
    void started(GridRun run, int number, int all);

    /** Observes the training that has begun. */
    TrainingObserver training();

    /**
     * A training is completed, or was before.
     *
     * @param soFar results of all completed trainings, this one last
     */
    void done(GridRun run, List<RunResult> soFar);
  }
}
