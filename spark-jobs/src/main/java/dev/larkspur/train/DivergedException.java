package dev.larkspur.train;

import dev.larkspur.store.PassedOver;

/** The training has left out more updates in a row than it may: it goes back to a checkpoint. */
final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final PassedOver batches;

  DivergedException(String message, PassedOver batches) {
    super(message);
    this.batches = batches;
  }

  /** Those whose updates were left out. */
  PassedOver batches() {
    return batches;
  }
}
