package dev.larkspur.benchmark;

/**
 * What checkpoints cost a training.
 *
 * @param parameters of the model
 * @param bytes of a checkpoint
 * @param copySeconds copying as many bytes from one place in memory to another
 * @param stallSeconds that training stands still while a checkpoint is begun
 * @param plainSeconds of the steps between two checkpoints, without one
 * @param withCheckpointSeconds of as many steps while one is written, from its beginning until it
 *     counts or the steps are done, whichever is later, the comparison of checksums included
 */
public record CheckpointReport(
    long parameters,
    long bytes,
    double copySeconds,
    double stallSeconds,
    double plainSeconds,
    double withCheckpointSeconds) {

  /** The stall in times of one copy. */
  public double stallInCopies() {
    return stallSeconds / copySeconds;
  }

  /** Share of the training's speed that the checkpoint takes. */
  public double cost() {
    return 1 - plainSeconds / withCheckpointSeconds;
  }
}
