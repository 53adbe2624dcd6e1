package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;

/** Observes a training, on threads of Spark's. */
@FunctionalInterface
public interface TrainingObserver {

  /** Where the training is, several times a second. */
  void progress(Progress progress);

  /** Something that happened, in a sentence for the user: a failure and what follows, a warning. */
  default void note(String sentence) {}
}
