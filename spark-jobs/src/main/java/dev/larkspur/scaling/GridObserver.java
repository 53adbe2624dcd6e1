package dev.larkspur.scaling;

import dev.larkspur.train.driver.TrainingObserver;

import java.util.List;

/** Is told how a grid goes. */
public interface GridObserver {

  /**
   * A training is about to begin, or to go on.
   *
   * @param number of it among all, from 1
   */
  void begins(GridRun run, int number, int all);

  /** Who is told of the training that has begun. */
  TrainingObserver training();

  /**
   * A training is done, or was done already.
   *
   * @param soFar of all that are done, this one last
   */
  void done(GridRun run, List<RunResult> soFar);
}
