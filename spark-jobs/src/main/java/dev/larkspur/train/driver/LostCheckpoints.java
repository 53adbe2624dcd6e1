package dev.larkspur.train.driver;

import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.BadInputException;
import java.util.Optional;
import java.util.OptionalLong;

/** Distinguishes a new run from one whose checkpoints were deleted. */
public final class LostCheckpoints {
  private LostCheckpoints() {}

  /**
   * Called when a run has no complete checkpoint: what else is in its directory shows whether it
   * ever had one. With {@code run.start-over}, it is made to look as if it had not.
   *
   * @throws BadInputException if it had, and does not start over
   */
  public static void check(RunDirectory run, Settings settings, TrainingObserver observer) {
    AttemptLog attempts = new AttemptLog(run);
    OptionalLong committed = attempts.committed();
    Optional<TrainingSummary> summary =
        SummaryFile.read(run).filter(LostCheckpoints::impliesACheckpoint);
    if (committed.isEmpty() && summary.isEmpty()) {
      return;
    }
    long step =
        Math.max(
            Math.max(committed.orElse(0), summary.map(TrainingSummary::step).orElse(0L)),
            JsonLinesSink.lastStep(run));
    if (!settings.run().startOver()) {
      throw new BadInputException(
          "this run was at step %d, but %s holds no complete checkpoint any more: put its checkpoints back, use another run.dir, or set run.start-over = true to train again from step 0"
              .formatted(step, run.path("")));
    }
    observer.note(
        "this run was at step %d and has lost its checkpoints: starting over, from step 0"
            .formatted(step));
    run.delete(RunDirectory.SUMMARY);
    attempts.forgetCommitted();
  }

  /** A run that failed, or is running, may not have reached its first checkpoint. */
  private static boolean impliesACheckpoint(TrainingSummary summary) {
    return summary.status().equals(TrainingSummary.COMPLETED)
        || (summary.status().equals(TrainingSummary.STOPPED) && summary.step() > 0);
  }
}
