package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;

/** Observes a training, on Spark's threads. */
@FunctionalInterface
public interface TrainingObserver {

  /** Receives the progress of the training, several times a second. */
  void progress(Progress progress);

  /** Receives an event as a sentence for the user: a failure and its consequence, or a warning. */
  default void note(String sentence) {}

  /** Forwards everything, and keeps the newest progress for the summary. */
  final class NewestProgress implements TrainingObserver {
    private final TrainingObserver observer;
    private volatile Progress newest;

    NewestProgress(TrainingObserver observer) {
      this.observer = observer;
    }

    /** Null before the first progress. */
    Progress newest() {
      return newest;
    }

    @Override
    public void progress(Progress progress) {
      newest = progress;
      observer.progress(progress);
    }

    @Override
    public void note(String sentence) {
      observer.note(sentence);
    }
  }
}
