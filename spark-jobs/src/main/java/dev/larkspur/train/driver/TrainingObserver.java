package dev.larkspur.train.driver;

import dev.larkspur.metrics.Progress;

/** Observes a training, on Spark's threads. */
@FunctionalInterface
public interface TrainingObserver {

  /** Receives the progress of the training, several times a second. */
  void progress(Progress progress);

  /** Receives an event as a sentence for the user: a failure and its consequence, or a warning. */
  default void note(String sentence) {}
}
