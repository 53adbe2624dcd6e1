package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;
import dev.larkspur.monitoring.TrainingMetrics;
import dev.larkspur.run.AttemptEnd;
import dev.larkspur.run.AttemptEnd.Ending;
import dev.larkspur.run.AttemptHistory;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.CheckpointStore.Commit;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.train.worker.WorkerResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What others see of the attempts of this driver: in {@code attempts/}, in {@code summary.json} and
 * in Spark's metrics.
 */
final class AttemptRecord implements TrainingObserver {
  private final RunDirectory run;
  private final TrainingObserver observer;
  private final TrainingMetrics metrics = TrainingMetrics.ofDriver();
  private int number;
  private volatile Progress newest;
  private volatile Instant progressed;

  AttemptRecord(RunDirectory run, TrainingObserver observer) {
    this.run = run;
    this.observer = observer;
  }

  /**
   * Starts the next attempt.
   *
   * @return its number
   */
  int begin(String application, List<SettingsChange> changes) {
    number = new AttemptLog(run).begin(application, changes);
    newest = null;
    progressed = null;
    return number;
  }

  /** Its workers are about to start. */
  void working(int workers, int restarts, Optional<Commit> checkpoint) {
    progressed = Instant.now();
    metrics.began(number, restarts, workers);
    committed(checkpoint);
  }

  /** The newest checkpoint. */
  void committed(Optional<Commit> checkpoint) {
    metrics.committed(checkpoint.map(Commit::time));
  }

  @Override
  public void progress(Progress progress) {
    newest = progress;
    progressed = Instant.now();
    metrics.progress(progress);
    observer.progress(progress);
  }

  @Override
  public void note(String sentence) {
    observer.note(sentence);
  }

  /** The newest progress of the attempt; null before the first. */
  Progress newest() {
    return newest;
  }

  /** When its workers last reported, in ISO 8601 and UTC; null before they are started. */
  String progressed() {
    Instant last = progressed;
    return last == null ? null : last.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Its workers have ended it. */
  void ended(WorkerResult result) {
    ended(
        switch (result.ending()) {
          case COMPLETED -> Ending.COMPLETED;
          case STOPPED -> Ending.STOPPED;
          case EVICTED -> Ending.EVICTED;
        },
        result.step(),
        null);
  }

  /** It has failed; {@code step} updates were done by its start. */
  void failed(Throwable failure, long step) {
    ended(Ending.FAILED, newest == null ? step : newest.step(), failure.getMessage());
  }

  private void ended(Ending ending, long step, String reason) {
    metrics.ended();
    // A failure before an attempt has begun belongs to none.
    if (number > 0) {
      new AttemptHistory(run).ended(AttemptEnd.now(number, ending, step, reason));
      number = 0;
    }
  }
}
