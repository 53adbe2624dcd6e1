package dev.larkspur.store;

/**
 * A complete checkpoint.
 *
 * @param name which one
 * @param state what was known besides the tensors
 */
public record Checkpoint(CheckpointName name, TrainingState state) {

  /** Updates done. */
  public long step() {
    return name.step();
  }
}
