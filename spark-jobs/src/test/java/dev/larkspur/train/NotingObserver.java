package dev.larkspur.train;

import dev.larkspur.metrics.Progress;
import dev.larkspur.train.driver.TrainingObserver;
import java.util.List;

/** Keeps what a training tells in sentences. */
public record NotingObserver(List<String> notes) implements TrainingObserver {
  @Override
  public void progress(Progress progress) {}

  @Override
  public void note(String sentence) {
    notes.add(sentence);
  }
}
