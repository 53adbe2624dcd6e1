package dev.larkspur.train;

import dev.larkspur.metrics.Progress;
import java.util.List;

/** Keeps what a training tells in sentences. */
record NotingObserver(List<String> notes) implements TrainingObserver {
  @Override
  public void progress(Progress progress) {}

  @Override
  public void note(String sentence) {
    notes.add(sentence);
  }
}
