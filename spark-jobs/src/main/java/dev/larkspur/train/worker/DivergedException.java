package dev.larkspur.train.worker;

import dev.larkspur.run.SkippedBatches;


/** The training has left out more updates in a row than it may: it goes back to a checkpoint. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SkippedBatches batches;

  DivergedException(String message, SkippedBatches batches) {
    super(message);
    this.batches = batches;
  }

  /** Those whose updates were left out. */
  public SkippedBatches batches() {
    return batches;
  }
}
