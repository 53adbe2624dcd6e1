package dev.larkspur.costmodel;

/**
 * The assumptions of the cost model. None has been measured with Larkspur on GPUs.
 *
 * @param reached fractions of the hardware's figures that are reached
 * @param accesses memory accesses of operations other than matrix products, per value that they
 *     work on ({@link Workload#valuesBetween}), forward and backward together
 * @param hop latency of one message of a ring, seconds
 * @param hostCopy bandwidth from a GPU to pageable memory of its host, bytes/s
 * @param checkpointBase time that a checkpoint costs all workers besides the copy, seconds
 * @param readTokens tokens/s that one core reads from token blocks
 */
public record Assumptions(
    Reached reached,
    double accesses,
    double hop,
    double hostCopy,
    double checkpointBase,
    double readTokens) {

  /**
   * The product share and the accesses are fitted to the hours that the paper gives for its dense
   * and its low-rank 32 % model of size xl (table of the main results), read as hours of one A100.
   * The read rate is the measurement in docs/performance.md. The others are round, conservative
   * figures.
   */
  public static final Assumptions DEFAULT =
      new Assumptions(new Reached(0.79, 0.8, 0.8, 0.9), 17, 5e-6, 8e9, 0.1, 224e6);

  /** These assumptions with another product share. */
  public Assumptions withProductShare(double share) {
    Reached other =
        new Reached(share, reached.memoryShare, reached.linkShare, reached.usableMemory);
    return new Assumptions(other, accesses, hop, hostCopy, checkpointBase, readTokens);
  }

  /**
   * Fractions of the hardware's figures that are reached, from 0 to 1.
   *
   * @param productShare fraction of the peak FLOP/s that matrix products reach, unless they are
   *     bound by memory
   * @param memoryShare fraction of the memory bandwidth
   * @param linkShare fraction of the bandwidth of links and network
   * @param usableMemory fraction of the memory that tensors may take
   */
  public record Reached(
      double productShare, double memoryShare, double linkShare, double usableMemory) {}
}
