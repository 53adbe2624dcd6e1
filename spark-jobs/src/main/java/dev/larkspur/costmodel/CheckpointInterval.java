package dev.larkspur.costmodel;

/**
 * How often to write a checkpoint.
 *
 * @param stall time that a checkpoint blocks the training: a copy of each worker's shard
 * @param write time until it is committed, while training continues
 * @param every steps between two checkpoints
 * @param seconds between two checkpoints
 */
public record CheckpointInterval(double stall, double write, long every, double seconds) {

  /** The interval for a training. */
  static CheckpointInterval of(
      Workload workload, Cluster cluster, Assumptions assumptions, double step) {
    double part = workload.checkpointBytes() / cluster.gpus();
    double stall = part / assumptions.hostCopy() + assumptions.checkpointBase();
    double write = part * cluster.sharing() / cluster.hostStorage();
    // A checkpoint waits for the previous one.
    double optimal = Math.max(youngDaly(stall, cluster.mtbf()), write);
    long every = Math.min(Math.max(1, (long) Math.ceil(optimal / step)), workload.steps());
    return new CheckpointInterval(stall, write, every, every * step);
  }

  /**
   * The interval that loses the least time: √(2 · cost · mtbf), in the unit of both (Young 1974;
   * Daly 2006, first order).
   *
   * @param cost of one checkpoint
   * @param mtbf mean time between failures
   */
  public static double youngDaly(double cost, double mtbf) {
    return Math.sqrt(2 * cost * mtbf);
  }
}
