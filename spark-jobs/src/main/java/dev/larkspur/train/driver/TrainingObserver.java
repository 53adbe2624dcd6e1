package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;

/** Observes a training, on threads of Spark's. */
@FunctionalInterface
public interface TrainingObserver {

  /** Where the training is, several times a second. */
  void progress(Progress progress);

  /** Something that happened, in a sentence for the user: a failure and what follows, a warning. */
  default void note(String sentence) {}

  /** Passes everything on, and remembers the newest progress for the summary. */
  final class NewestProgress implements TrainingObserver {
    private final TrainingObserver observer;
    private volatile Progress newest;

    NewestProgress(TrainingObserver observer) {
      this.observer = observer;
    }

    /** Null before the first. */
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
