package dev.larkspur.train.driver;

/**
 * What a call of the training job did.
 *
 * @param summary the run's
 * @param outcome whether there was anything left to do
 */
public record TrainingResult(TrainingSummary summary, Outcome outcome) {

  /** Whether this call trained, and to the end. */
  public enum Outcome {
    TRAINED,
    ALREADY_DONE,
    STOPPED,
    /** The run's stop file was there from the beginning. */
    HELD
  }
}
