package dev.larkspur.settings;

/** How long to train: for a number of tokens, or of steps. */
public sealed interface TrainingLength {

  /** Enough steps for {@code count} tokens. */
  record Tokens(long count) implements TrainingLength {
    @Override
    public long steps(int sequences, int context) {
      long perStep = Math.multiplyExact((long) sequences, context);
      return (count + perStep - 1) / perStep;
    }
  }

  /** A number of steps. */
  record Steps(long count) implements TrainingLength {
    @Override
    public long steps(int sequences, int context) {
      return count;
    }
  }

  /**
   * Steps of the training.
   *
   * @param sequences sequences of one step
   * @param context tokens of one sequence
   */
  long steps(int sequences, int context);
}
